from market.paper.paper_report import PaperFigure, PaperReport


def test_a_figure_passes_within_its_tolerance_only():
    assert PaperFigure("x", 1.0, 1.1, 0.2).passed
    assert not PaperFigure("x", 1.0, 1.3, 0.2).passed


def test_a_figure_that_is_not_finite_fails_and_is_null_in_json():
    figure = PaperFigure("x", 1.0, float("nan"), 0.2)
    assert figure.to_json() == {
        "name": "x",
        "published": 1.0,
        "computed": None,
        "tolerance": 0.2,
        "interval": None,
        "pass": False,
    }


def test_a_report_passes_when_every_figure_does():
    good, bad = PaperFigure("x", 1.0, 1.0, 0.1), PaperFigure("y", 1.0, 2.0, 0.1)
    assert PaperReport((good,), {}).passed
    assert PaperReport((good, bad), {}).to_json()["passed"] is False
