"""What varied parameters are called where there is little room."""


def parameter_in_words(path: str) -> str:
    """A varied parameter as people say it: of a group, the group in brackets.

    >>> parameter_in_words("consumers.teams.price_sensitivity")
    'price sensitivity (teams)'
    """
    match path.split("."):
        case ["arbitrageurs", group, "count"]:
            return f"arbitrageurs ({group})"
        case ["arbitrageurs" | "consumers" | "providers", group, *rest] if rest:
            return f"{' '.join(rest).replace('_', ' ')} ({group})"
        case _:
            return path
