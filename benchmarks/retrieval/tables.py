"""Results as Markdown, ready for docs/retrieval-evaluation.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from evaluation.significance import randomisation_p

Values = Mapping[str, float]  # query id → nDCG@10


def systems_table(
    groups: Mapping[str, Mapping[str, Values]], *, against: Sequence[str] = (), ahead: str | None = None
) -> str:
    """nDCG@10 of each system in each group. Systems in `against` carry the p at which `ahead` differs from
    them: * below .05, ** below .01, *** below .001."""
    names = list(dict.fromkeys(name for systems in groups.values() for name in systems))
    heads = [f"{group} ({len(next(iter(systems.values())))})" for group, systems in groups.items()]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(groups) + 1) + "|"]
    for name in names:
        cells = []
        for systems in groups.values():
            if name not in systems:
                cells.append("")
                continue
            cell = f"{fmean(systems[name].values()):.4f}".removeprefix("0")
            if ahead in systems and name in against:
                cell += stars(p_between(systems[ahead], systems[name]))
            cells.append(f"**{cell}**" if name == ahead else cell)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def pairs_table(tasks: Mapping[str, Values], languages: Sequence[str], *, of: str) -> str:
    """Rows: the question's language; columns: the paragraphs', of one of the sets."""
    lines = [f"| asked in ↓, found in → | {' | '.join(languages)} |", "|---" * (len(languages) + 1) + "|"]
    for source in languages:
        cells = [
            fmean(tasks[f"{of} {source}" if source == target else f"{of} {source}→{target}"].values())
            for target in languages
        ]
        lines.append(f"| {source} | " + " | ".join(f"{cell:.3f}".removeprefix("0") for cell in cells) + " |")
    return "\n".join(lines)


def p_between(ours: Values, theirs: Values) -> float:
    return randomisation_p([ours[q] for q in ours], [theirs[q] for q in ours])


def stars(p: float) -> str:
    return "\\*\\*\\*" if p < 0.001 else "\\*\\*" if p < 0.01 else "\\*" if p < 0.05 else f" (p = {p:.2f})"
