"""What-if work on a scenario: a local page of controls, and the market before and after.

Built on Dash, the extra `explore`. It draws Plotly figures as they are, so that the page has the
charts of the reports; its callbacks are functions of what the browser sends, so that two people at
once share nothing but runs that are alike; and it serves its own scripts, so that no network is
needed. Panel and Solara keep a session's state in the server, which is more than this page needs.
"""
