"""What the journal proves, and what not: the verdict with its limits."""

from irtui.report.dossier import Dossier
from irtui.report.html.elements import Markup, bullets, code, el, facts, joined, pill, section
from irtui.report.html.summary import verdict_role
from irtui.report.markdown import limits


def proof(found: Dossier) -> Markup:
    proven = found.verification
    place = f" at #{proven.at}" if proven.at is not None else ""
    said = el("p", pill(f"{proven.verdict}{place}", verdict_role(proven.verdict)), " ", proven.why)
    signer = "one of the keys that were given" if proven.pinned else "not compared with a known key"
    return section(
        "What the journal proves, and what not",
        said,
        facts(
            (
                ("Records that hold", str(proven.records)),
                ("Mode", proven.mode or "unknown"),
                ("Signer", joined([code(proven.signer), f" {signer}"])),
                ("Last record", code(proven.head)),
            )
        ),
        el("h3", "Not proven"),
        bullets(limits(found.records)),
        joined([el("h3", "The verifier notes"), bullets(proven.notes)]) if proven.notes else "",
        el("p", "Check it yourself: ", code("irtui audit verify"), " or ", code("python3 verify.py"), " in a bundle. ",
           "This page is made from the journal and is not signed.", cls="dim"),
        id_="proof",
    )  # fmt: skip
