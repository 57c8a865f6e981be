"""Who is in the course: ``grading/roster.csv``, taken from what a system exports."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from autograde.course.files import replace_file
from autograde.course.layout import CannotRun, on_one_line

FILE = "roster.csv"
_STUDENT = re.compile(r"\w[\w.@-]{0,62}")
_FORBIDDEN = re.compile(r"[/\\\x00-\x1f\x7f]")  # in the name of a folder
_TEST = re.compile(r"(test[ _]?student|student, ?test|points possible)", re.IGNORECASE)


@dataclass
class Person:
    """One student. `student` names the folder of what is handed in."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    login: str = ""
    section: str = ""
    canvas_id: str = ""
    id_number: str = ""  # of the institution: Canvas's SIS User ID, Moodle's ID number
    github: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))


# How systems call a column, in lower case; Canvas's "ID" is told from nbgrader's "id".
_COLUMNS = {
    "student": ("student id", "student_id", "studentid", "id"),
    "first_name": ("first_name", "first name", "firstname", "given name", "vorname"),
    "last_name": (
        *("last_name", "last name", "lastname", "surname", "family name"),
        "nachname",
    ),
    "name": ("name", "full name", "fullname", "student name", "student"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "login": ("login", "username", "user name", "sis login id", "login id", "user id"),
    "section": ("section", "sections", "group", "groups", "class"),
    "canvas_id": ("canvas_id", "canvas id", "lms_user_id"),
    "id_number": ("id_number", "id number", "idnumber", "sis user id", "sis id"),
    "github": ("github", "github_username", "github username"),
}
_CHINESE = {
    "学号": "id_number",
    "姓名": "name",
    "名": "first_name",
    "姓": "last_name",
    "用户名": "login",
    "邮箱": "email",
    "电子邮件": "email",
    "班级": "section",
}


def key(text: str) -> str:
    """`text` for comparing names: letters and digits alone, in one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def folder_name(text: str) -> str:
    """`text` as the name of a student's folder; empty where nothing of it remains."""
    text = unicodedata.normalize("NFC", text).strip()
    text = re.sub(r"[^\w.@-]+", "_", text).strip("_.-@")[:60]
    return text if _STUDENT.fullmatch(text) else ""


@dataclass
class Roster:
    """The people of the course; empty where no roster was imported."""

    people: dict[str, Person] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.people)

    def section(self, student: str) -> str:
        found = self.people.get(student)
        return found.section if found else ""

    def name(self, student: str) -> str:
        found = self.people.get(student)
        return found.full_name if found else ""

    def account(self, student: str) -> str:
        """The student's account on the machine; the same name without a login."""
        found = self.people.get(student)
        return (found.login if found else "") or student

    def by(self, column: str, value: str) -> list[str]:
        """The students whose `column` is `value`, else who have it in another case."""
        wanted = value.strip()
        has = {p.student: str(getattr(p, column)) for p in self.people.values()}
        exact = [student for student, said in has.items() if wanted and said == wanted]
        wanted = wanted.casefold()
        return exact or [
            student
            for student, said in has.items()
            if wanted and said.casefold() == wanted
        ]

    def named(self, text: str) -> list[str]:
        """Whom `text` may mean: a login, an address, an id, or else a full name."""
        wanted = key(text)
        if not wanted:
            return []
        for columns in (("student", "login", "email"), ("id_number", "github")):
            found = {who for column in columns for who in self.by(column, text)}
            if found:
                exact = {
                    who
                    for who in found
                    if text.strip() in (getattr(self.people[who], c) for c in columns)
                }
                return sorted(exact or found)
        found = {p.student for p in self.people.values() if wanted in _names(p)}
        if not found and wanted.isascii():  # a packer may have lost the accents
            found = {
                p.student
                for p in self.people.values()
                if wanted in map(without_accents, _names(p))
            }
        return sorted(found)


def without_accents(text: str) -> str:
    """`text` with each letter in the place of the same one with a mark."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _names(person: Person) -> set[str]:
    """How a full name is written: in either order; Canvas writes lastfirst."""
    first, last = key(person.first_name), key(person.last_name)
    return {name for name in (first + last, last + first) if name}


def read_roster(grading: Path) -> Roster:
    """The roster of the course run; empty where there is none.

    A spreadsheet may have saved it in another way. Raises CannotRun where it does not
    say who is in the course: without a roster, names count for more.
    """
    path = grading / FILE
    if not path.exists():
        return Roster()
    titles, *rows = table(path) or [[]]
    if "student" not in titles:
        raise CannotRun(
            f"{path} has no column 'student', so it is no roster: restore it, or "
            "remove it and import the people again."
        )
    known = [item.name for item in fields(Person)]
    people: dict[str, Person] = {}
    for row in rows:
        entry = {
            title: value.strip()
            for title, value in zip(titles, row, strict=False)
            if title in known
        }
        student = entry.get("student", "")
        if student in people or _FORBIDDEN.search(student) or student in (".", ".."):
            why = "stands there twice" if student in people else "is no folder's name"
            raise CannotRun(f"{path}: {on_one_line(student)!r} {why}; mend the line.")
        if student:
            people[student] = Person(**entry)
    return Roster(people)


def write_roster(grading: Path, roster: Roster) -> None:
    """Write the roster of the course run, in the order of the students' names."""
    grading.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, [item.name for item in fields(Person)])
    writer.writeheader()
    for _, person in sorted(roster.people.items()):
        writer.writerow(asdict(person))
    replace_file(grading / FILE, text.getvalue().encode())


@dataclass
class Imported:
    """What an import did: who is new, who was there, who is not in the file."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def import_roster(grading: Path, path: Path, replace: bool = False) -> Imported:
    """Take the people of the CSV file `path` into the roster.

    Whoever is there already keeps the folder's name and what the file does not say;
    with `replace`, people who are not in the file leave the roster.
    """
    roster, done = read_roster(grading), Imported()
    for number, entry in enumerate(people_of(path), 2):
        if isinstance(entry, str):
            done.problems.append(f"{path.name}, line {number}: {entry}")
            continue
        same = _known(roster, entry)
        if len(same) > 1:
            done.problems.append(
                f"{path.name}, line {number}: {entry.student} may be any of "
                f"{', '.join(same)}"
            )
        elif (
            same
            and same[0] in {*done.new, *done.known}
            and (what := _differs(roster.people[same[0]], entry))
        ):
            done.problems.append(
                f"{path.name}, line {number}: {entry.student} is in an earlier line, "
                f"with another {what}; a column that tells the two apart is needed"
            )
        elif same:
            known = roster.people[same[0]]
            for item in fields(Person):
                value = getattr(entry, item.name)
                if value and item.name != "student":
                    setattr(known, item.name, value)
            done.known.append(known.student)
        else:
            roster.people[entry.student] = entry
            done.new.append(entry.student)
    found = {*done.new, *done.known}
    done.absent = sorted(set(roster.people) - found)
    if replace and found:
        for student in done.absent:
            del roster.people[student]
    if found:
        write_roster(grading, roster)
    return done


def _known(roster: Roster, entry: Person) -> list[str]:
    """Whom of the roster the entry is: by what is unique, never by a name."""
    for column in ("canvas_id", "id_number", "login", "email", "student"):
        found = roster.by(column, getattr(entry, column))
        if found:
            return found
    return []


def _differs(known: Person, entry: Person) -> str:
    """What is unique and not the same in the two; empty where they may be one."""
    for column in ("canvas_id", "id_number", "login", "email"):
        old, new = getattr(known, column).casefold(), getattr(entry, column).casefold()
        if old and new and old != new:
            return column.replace("_", " ")
    return ""


def people_of(path: Path) -> Iterable[Person | str]:
    """The people in a CSV file as Canvas, Moodle or nbgrader export it.

    A string stands for a line that names nobody who can be told from others. Raises
    CannotRun where the file is no such table.
    """
    rows = table(path)
    columns = _columns(rows[0] if rows else [])
    if not {"student", "login", "email", "id_number", "name"} & set(columns):
        raise CannotRun(
            f"{path.name} has no column that names a student; it needs one of: "
            "student id, login, username, email, ID number, name."
        )
    found = []
    for row in rows[1:]:
        entry = {
            name: row[place].strip()
            for name, place in columns.items()
            if place < len(row)
        }
        if any(entry.values()) and not _TEST.match(entry.get("name", "")):
            found.append(_person(entry))
    return found


def table(path: Path) -> list[list[str]]:
    """The rows of a CSV file, in whatever encoding and with whatever separator."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from None
    encodings = ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else []
    for encoding in (*encodings, "utf-8-sig", "gb18030", "cp1252"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = raw.decode("latin-1")
    text = text.replace("\0", "")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        return [
            row for row in csv.reader(io.StringIO(text), delimiter=separator) if row
        ]
    except csv.Error as error:
        raise CannotRun(f"{path.name} is no CSV file: {error}.") from None


def _columns(header: list[str]) -> dict[str, int]:
    titles = [title.strip() for title in header]
    lower = [title.lower() for title in titles]
    canvas = "ID" in titles and any(t.startswith("sis ") for t in lower)
    found: dict[str, int] = {}
    for name, known in _COLUMNS.items():
        for title in known:
            if title in lower and not (canvas and title == "id"):
                found.setdefault(name, lower.index(title))
    if canvas:
        found["canvas_id"] = titles.index("ID")
    elif "student" in lower:
        found.setdefault("student", lower.index("student"))
        if found.get("name") == lower.index("student"):
            del found["name"]
    for place, title in enumerate(titles):
        if title in _CHINESE:
            found.setdefault(_CHINESE[title], place)
    own = {item.name for item in fields(Person)}
    if {"student", "id_number", "canvas_id"} <= set(lower):  # our own file
        found = {t: i for i, t in enumerate(lower) if t in own}
    return found


def _person(entry: dict[str, str]) -> Person | str:
    name = entry.pop("name", "")
    if not name and " " in entry.get("student", ""):
        name = entry["student"]
    if name and not (entry.get("first_name") or entry.get("last_name")):
        if "," in name:
            last, first = name.split(",", 1)
        else:
            first, _, last = name.rpartition(" ")
        entry["first_name"], entry["last_name"] = first.strip(), last.strip()
    chosen = (
        entry.get("student")
        or entry.get("login")
        or entry.get("id_number")
        or entry.get("email")
        or name
    )
    student = folder_name(chosen)
    if not student:
        return f"{chosen!r} cannot be the name of a folder"
    return Person(**{**entry, "student": student})
