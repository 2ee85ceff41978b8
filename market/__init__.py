"""Agent-based simulator of AI model markets."""

__version__ = "0.1.0"
