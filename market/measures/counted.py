"""Numbers of things in words."""


def counted(count: int, noun: str) -> str:
    """How many of something there are, in words.

    >>> [counted(n, "arbitrageur") for n in (0, 1, 2)]
    ['no arbitrageur', '1 arbitrageur', '2 arbitrageurs']
    """
    if count == 0:
        return f"no {noun}"
    return f"{count} {noun}{'s' if count > 1 else ''}"
