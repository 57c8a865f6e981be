"""Subcommands for authors: build and prove chapters, and maintain the course."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autograde.commands import options
from autograde.course.layout import NEEDS_A_PERSON


@click.command()
@options.chapters
@options.root
def build(chapters: tuple[str, ...], root: Path) -> None:
    """Rebuild notebooks and checks of CHAPTERs from their sources."""
    from autograde.authoring.build import build_course

    build_course(root, chapters)


@click.command()
@options.chapter
@click.argument("exercises", nargs=-1, metavar="[EXERCISE]...")
@options.root
def gate(chapter: str, exercises: tuple[str, ...], root: Path) -> int:
    """Ask whether the cases of CHAPTER notice each known mistake."""
    from autograde.authoring.chapter import find_chapter
    from autograde.authoring.gate import report

    return NEEDS_A_PERSON if report(find_chapter(chapter, root), exercises) else 0


@click.command("new-chapter")
@click.argument("name")
@options.root
def new_chapter(name: str, root: Path) -> None:
    """Write a chapter NAME to begin with, as in 06_attention."""
    from autograde.authoring.new_chapter import new_chapter as write

    folder = write(root, name)
    click.echo(f"{folder} is written. Edit it; then:")
    click.echo(f"  autograde gate {name[:2]}     would its cases notice each mistake?")
    click.echo(f"  autograde build {name[:2]}    write what students get")


@click.command("new-course")
@click.argument("folder", type=options.FOLDER)
def new_course(folder: Path) -> None:
    """Write a small course on another subject into FOLDER."""
    from autograde.authoring.new_course import new_course as write

    for path in write(folder):
        click.echo(path)
    click.echo(f"Go on in {folder}: README.md there has the next steps.")


@click.command()
@options.chapters
@click.option("--output", type=options.FILE, help="dist/NAME.zip without it.")
@click.option("--with-solutions", is_flag=True, help="Not for a graded class.")
@options.root
def release(
    chapters: tuple[str, ...], output: Path | None, with_solutions: bool, root: Path
) -> None:
    """Write the archive that students get, of CHAPTERs or of all.

    With solutions, solution("name") shows the course's answer to an exercise whose
    check passes. They are sealed, not secret: whoever looks for them finds them.
    """
    from autograde.authoring.archive import write_archive
    from autograde.course.layout import course_name, named

    known = sorted(path.name for path in (root / "chapters").iterdir() if path.is_dir())
    chosen = [named(name, known) for name in chapters]
    target = output or root / "dist" / f"{course_name(root)}.zip"
    path = write_archive(root, target, with_solutions, chosen)
    size = path.stat().st_size / 1e6
    click.echo(f"{path} ({size:.1f} MB): give this to students.")


@click.command()
@click.option("--output", type=options.FOLDER, help="dist/book without it.")
@click.option("--lang", default="en", help="The site's language, such as zh_CN.")
@options.root
@click.pass_context
def book(context: click.Context, output: Path | None, lang: str, root: Path) -> None:
    """Write the course as a web site."""
    from autograde.book.site import build_book
    from autograde.language import languages

    if lang not in languages():
        known = ", ".join(languages())
        raise click.BadParameter(f"there are: {known}", param_hint="--lang")
    command: Any = context.find_root().command
    name = "book" if lang == "en" else f"book-{lang}"
    first = build_book(root, output or root / "dist" / name, command, lang)
    click.echo(f"{first}: open it in a browser, or publish its folder.")


@click.command()
@options.chapters
@click.option("--in", "folder", type=options.FOLDER, help="A new one without it.")
@click.option("--wheels", type=options.FOLDER, help="Install from this folder alone.")
@click.option(
    "--types",
    is_flag=True,
    help="Run CHAPTERs here, with results of every type that their checks accept.",
)
@options.root
def prove(
    chapters: tuple[str, ...],
    folder: Path | None,
    wheels: Path | None,
    types: bool,
    root: Path,
) -> int:
    """Install the students' archive anew, and solve CHAPTERs in it.

    Each chapter runs untouched and with the reference solutions; takes minutes.
    """
    import tempfile

    from autograde.authoring import prove

    if types:
        return _prove_types(chapters, root)

    options = ["--wheels", str(wheels)] if wheels else []
    with tempfile.TemporaryDirectory(prefix="prove-") as scratch:
        runs = prove.prove(root, folder or Path(scratch), chapters, options, click.echo)
    return 0 if all(run.ok for run in runs) else NEEDS_A_PERSON


def _prove_types(chapters: tuple[str, ...], root: Path) -> int:
    from autograde.authoring.accepted import prove_forms
    from autograde.authoring.chapter import find_chapter
    from autograde.course.layout import chosen_chapters

    failed = False
    for name in chosen_chapters(root, chapters):
        click.echo(name)
        for trial in prove_forms(find_chapter(name, root)):
            click.echo(str(trial))
            failed |= bool(trial.failures)
    return NEEDS_A_PERSON if failed else 0


@click.command()
@click.argument("folder", type=options.FOLDER)
@click.option(
    "--for",
    "systems",
    multiple=True,
    type=click.Choice(["linux", "linux-arm", "macos", "windows"]),
    help="Which system; this machine without it. May be given several times.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    type=click.Choice(["3.11", "3.12", "3.13"]),
    help="With --for; all three without it.",
)
@click.option("--torch-index", metavar="URL", help="Take PyTorch from this index.")
@options.root
def wheels(
    folder: Path,
    systems: tuple[str, ...],
    pythons: tuple[str, ...],
    torch_index: str | None,
    root: Path,
) -> None:
    """Fill FOLDER with what students need to install without a network.

    They start with `start.py --wheels FOLDER`.
    """
    from autograde.tools.wheels import fill

    fill(folder, systems, pythons, torch_index, root, click.echo)
    files = [path for path in folder.iterdir() if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    click.echo(f"{folder}: {len(files)} files, {size:.0f} MB")


@click.command()
@click.option("--chapter", default="04", show_default=True)
@click.option("--students", type=int, default=20, show_default=True)
@click.option(
    "--whole",
    type=int,
    default=2,
    show_default=True,
    help="Submissions for plain nbgrader with all cells.",
)
@click.option(
    "--otter",
    type=int,
    default=3,
    show_default=True,
    help="Submissions for otter-grader, which is fetched for it; 0 leaves it out.",
)
@click.option(
    "--growth", metavar="SIZES", help="How cost grows: class sizes, as in 10,100,1000."
)
@click.option("--checks", is_flag=True, help="How long the visible checks take.")
@options.root
def bench(
    chapter: str,
    students: int,
    whole: int,
    otter: int,
    growth: str | None,
    checks: bool,
    root,
) -> None:
    """Measure the figures of the README."""
    from autograde.course.layout import named, source_chapters
    from autograde.tools import bench

    name = named(chapter, source_chapters(root))
    if checks:
        bench.check_times()
    elif growth is not None:
        bench.growth(name, [int(size) for size in growth.replace(",", " ").split()])
    else:
        bench.compare_with_others(name, students, whole, otter)


@click.command()
@click.option("--to", type=options.FOLDER, help="The README's pictures without it.")
@click.option("--only", type=click.Choice(["student", "instructor"]))
@click.option("--lang", default="en", help="Of the student's copy, such as zh_CN.")
def screenshots(to: Path | None, only: str | None, lang: str) -> int:
    """Take the pictures of the README in a real browser."""
    from autograde.tools.browser import missing
    from autograde.tools.screenshots import PICTURES, take

    why = missing()
    if why:
        click.echo(f"No pictures were taken: {why}.", err=True)
        return NEEDS_A_PERSON
    target = to or (PICTURES if lang == "en" else PICTURES / lang)
    for path in take(target, only, lang):
        click.echo(f"{path} {path.stat().st_size // 1024} kB")
    return 0


@click.command()
@click.argument("step", type=click.Choice(["update", "build", "check"]))
@options.chapters
@click.option("--lang", default="zh_CN", show_default=True)
@options.root
def translate(step: str, chapters: tuple[str, ...], lang: str, root: Path) -> int:
    """Another edition: update its catalogues, build its notebooks, check both.

    Translations of the package stand in autograde/language/LANG.po, those of a chapter
    in solutions/NAME/LANG.po. A text that changed in English is marked there, and
    readers get English until it is renewed.
    """
    from autograde.authoring.chapter import chapters as all_chapters
    from autograde.authoring.chapter import find_chapter
    from autograde.translating import edition, gate, sentences
    from autograde.translating.catalog import catalogue_path, messages, update
    from autograde.translating.in_step import page_findings

    chosen = [find_chapter(name, root) for name in chapters] or all_chapters(root)
    package = Path(sentences.__file__).parents[1]
    found: list[str] = []
    if step == "update":
        sentences.update_sentences(package, lang)
    elif step == "build":
        click.echo(edition.build_sentences(lang))
    elif not chapters:
        found += sentences.sentence_findings(package, lang)
        found += sentences.start_findings(package.parent / "start.py")
        found += page_findings(root, lang)
    if not chapters:
        done, every = sentences.count_sentences(package, lang)
        click.echo(f"the package: {done} of {every} sentences are translated")
    for chapter in chosen:
        if step == "update":
            update(catalogue_path(chapter, lang), messages(chapter))
        elif step == "build":
            click.echo(edition.build_edition(root, chapter, lang))
        else:
            terms = gate.glossary(root, lang)
            found += gate.catalogue_findings(chapter, lang, terms)
            found += gate.edition_findings(root, chapter.name, lang)
        done, every = gate.count(chapter, lang)
        click.echo(f"{chapter.name}: {done} of {every} texts are translated")
    for line in found:
        click.echo(f"  {line}")
    return NEEDS_A_PERSON if found else 0


@click.command()
@options.root
def check(root: Path) -> int:
    """Format, lint, types, contracts and the quick tests, in about a minute."""
    from autograde.tools.quick import run_all

    status = 0
    for step in run_all(root):
        mark = "[ok]  " if step.ok else "[fail]"
        click.echo(f"{mark} {step.name}: {step.seconds:.0f} s")
        if not step.ok:
            click.echo(step.said)
            status = NEEDS_A_PERSON
    return status


@click.command()
@options.root
def rooms(root: Path) -> None:
    """Show the package as a table: its rooms, from top to bottom."""
    from autograde.tools.rooms import table

    click.echo(table(root))


@click.command()
@options.root
def lock(root: Path) -> None:
    """Resolve pyproject.toml into the locks of autograde/requirements."""
    from autograde.tools.lock import write_locks

    for path in write_locks(root):
        click.echo(path)


COMMANDS = (
    new_chapter,
    new_course,
    build,
    gate,
    release,
    prove,
    wheels,
    book,
    translate,
    check,
    lock,
    rooms,
    bench,
    screenshots,
)
