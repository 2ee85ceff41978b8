"""How numbers are written: zero as 0, and a number beside its error to the digits of the error.

>>> formatted(0.0, "{:.3f}"), formatted(0.0001, "{:.3f}"), formatted(-0.0001, "{:.3f}")
('0', '<0.001', '>-0.001')
>>> with_half(0.018861, 0.0157), with_half(1234567, 12345)
('0.019 ± 0.016', '1,235,000 ± 12,000')
"""

import math

MISSING = "–"
ROUNDING = 1e-12  # of the largest amount: what is left where sums of doubles should be equal
_DIGITS = 4  # of a number that is much larger than its error


def formatted(value: float, form: str) -> str:
    """A number in this format; a dash where it is missing, and 0 where it is zero.

    What the format would write as zero although it is not is less than the format's last digit.
    """
    if not math.isfinite(value):
        return MISSING
    text = form.format(value)
    unit = "%" if text.endswith("%") else ""
    if abs(value) < ROUNDING:
        return f"0{unit}"
    if any(digit in text for digit in "123456789"):
        return text
    size = text.strip("+-−%")
    return f"{'>-' if value < 0 else '<'}{size[:-1]}1{unit}"


def share_in_percent(share: float) -> str:
    """A share of at least 0 in percent, to two digits, or whole; never as a power of ten.

    >>> [share_in_percent(share) for share in (0.0, 3e-6, 0.0249, 0.996, 12.34)]
    ['0%', '<0.01%', '2.5%', '100%', '1,234%']
    """
    size = 100 * share
    if 0 < size < 0.01:
        return "<0.01%"
    return f"{size:.2g}%" if size < 10 else f"{size:,.0f}%"


def with_half(value: float, half: float, least: float = 0.0) -> str:
    """A number ± half of its interval, both to the digits that the half has.

    The half has two significant digits; a number that is more than a thousand times as large has
    four.

    Parameters
    ----------
    value, half
        In the same unit; where there is no half, the value is alone.
    least
        What is smaller than this is a rounding error, and written as 0.
    """
    value, half = (0.0 if abs(part) < max(least, ROUNDING) else part for part in (value, half))
    if not math.isfinite(value):
        return MISSING
    if not math.isfinite(half):
        return short(value)
    if half == 0:
        return f"{short(value)} ± 0"
    size = max(abs(value), half)
    if size < 1e-4:  # zeros that nobody counts
        return f"{formatted(value, '{:.1e}')} ± {half:.1e}"
    places = min(1 - _exponent(half, 2), _DIGITS - 1 - _exponent(size, _DIGITS))
    error = _rounded(half, places)
    if error == "0":  # an error that there is
        error = formatted(half, f"{{:.{max(places, 0)}f}}")
    return f"{_rounded(value, places)} ± {error}"


def short(value: float) -> str:
    """A number to four significant digits."""
    if math.isfinite(value) and abs(value) >= 10**_DIGITS:
        return f"{float(f'{value:.{_DIGITS - 1}e}'):,.0f}"
    return formatted(value, f"{{:.{_DIGITS}g}}")


def _exponent(value: float, digits: int) -> int:
    """Of its power of ten, once it is rounded to so many digits."""
    return int(f"{value:.{digits - 1}e}".partition("e")[2])


def _rounded(value: float, places: int) -> str:
    """To so many places; before the point, too. What rounds to zero is 0."""
    text = f"{value:,.{places}f}" if places > 0 else f"{round(value, places):,.0f}"
    return text if any(digit in text for digit in "123456789") else "0"
