"""The claims of the paper and its reading, each put to a test on the shipped pack."""

from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.list import CLAIMS
from market.studies.claims.verdicts import Finding, Report, judge

__all__ = ["CLAIMS", "Claim", "Contrast", "Finding", "Report", "judge"]
