"""A council's own templates: they stand in by name, in a sandbox, and are tried before anything is sent."""

from pathlib import Path

import pytest

from alerter.errors import PartitionError, TemplateError
from alerter.mail.language import ENGLISH, language_of
from alerter.mail.specimen import template_faults
from alerter.mail.template_set import NAMES, Brand, TemplateSet
from tests.mail import gallery
from tests.world import samples

OWN = Path(__file__).parents[2] / "alerter" / "mail" / "templates"
ROW = (
    "{% for section in view.every_section %}{{ section.heading }}\n"
    "{% for row in section.rows %}{{ row.mark }}{{ row.day }}\n{% endfor %}{% endfor %}"
)


def folder_with(tmp_path: Path, **files: str) -> Path:
    """Return a folder with templates; an underscore in a name stands for a dot."""
    for name, content in files.items():
        (tmp_path / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return tmp_path


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the templates in a folder."""
    return template_faults(folder, ENGLISH, Brand())


def test_the_names_are_those_of_the_package() -> None:
    """Every template can be replaced, and no other name is known."""
    assert sorted(path.name for path in OWN.iterdir()) == sorted(NAMES)


def test_a_file_stands_in_for_the_packages(tmp_path: Path) -> None:
    """The one that is there is used, those that are not are the package's."""
    folder = folder_with(tmp_path, digest_txt_j2=f"Ours: {{{{ view.first_line }}}}\n{ROW}")
    write = samples.writer(templates=TemplateSet(folder))
    ours = write.digest(samples.usual_week(), samples.facts())
    theirs = samples.writer().digest(samples.usual_week(), samples.facts())
    assert ours.text.startswith("Ours: This week 7 children in 6 assessments need you")
    assert ours.html == theirs.html
    assert faults(folder) == []


def test_copies_of_the_packages_own_have_no_fault(tmp_path: Path) -> None:
    """Whoever begins with them begins with something that works, in the sandbox and in both languages."""
    for path in OWN.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for code in ("en", "cy"):
        assert template_faults(tmp_path, language_of(code), gallery.brand()) == []


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("digest_txt_j2", "a\n{% if %}", "digest.txt.j2, line 2: Expected an expression"),
        ("digest_html_j2", "a\nb\n{{ view.asked }}", "digest.html.j2, line 3: 'alerter.mail.view.DigestView"),
        ("summary_txt_j2", "{{ nothing }}", "summary.txt.j2, line 1: 'nothing' is undefined"),
        (
            "parts_html_j2",
            "{% macro headline(text) %}\n{{ text / 2 }}{% endmacro %}",
            "parts.html.j2, line 2: ",
        ),
        ("digest_txt_j2", "{{ view.__class__ }}", "digest.txt.j2, line 1: access to attribute '__class__'"),
        ("digest_txt_j2", "{% include 'gone.j2' %}", "digest.txt.j2, line 1: gone.j2"),
        ("digest_txt_j2", "no rows", "digest.txt.j2: does not show each row on a line that begins with"),
        ("letter_html_j2", "x", "letter.html.j2: replaces no template; the names are digest.txt.j2"),
        ("frame_html_j2", "{% block content %}", "frame.html.j2, line 1: "),
    ],
)
def test_each_fault_is_one_sentence_with_file_and_line(
    tmp_path: Path, name: str, content: str, fault: str
) -> None:
    """Said once, however many emails it would have spoiled."""
    found = faults(folder_with(tmp_path, **{name: content}))
    assert [each[: len(fault)] for each in found] == [fault]
    assert "\n" not in found[0]
    assert found[0].endswith(".")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """What cannot be read comes first; when all can be read, whatever fails on a made-up email."""
    folder = folder_with(tmp_path, digest_txt_j2="{{", summary_html_j2="{% end %}", digest_html_j2="ok")
    assert [each.partition(",")[0] for each in faults(folder)] == ["digest.txt.j2", "summary.html.j2"]
    (folder / "digest.txt.j2").write_bytes(b"\xff\xfe\x00")
    assert "digest.txt.j2: " in faults(folder)[0]
    folder_with(tmp_path, digest_txt_j2=f"{{{{ x }}}}{ROW}", summary_html_j2="{{ y }}")
    assert len(faults(folder)) == 2


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    """A note beside the templates is no template."""
    assert faults(folder_with(tmp_path, README_md="Our templates.")) == []


def test_a_template_that_fails_later_stops_its_digest(tmp_path: Path) -> None:
    """The receipt holds for a council's templates as for our own, and a fault names its file and line."""
    folder = folder_with(tmp_path, digest_txt_j2="{{ view.counts[99].label }}")
    write = samples.writer(templates=TemplateSet(folder))
    with pytest.raises(TemplateError, match=r"digest\.txt\.j2, line 1: "):
        write.digest(samples.usual_week(), samples.facts())
    folder = folder_with(tmp_path, digest_txt_j2="{{ view.first_line }}")
    with pytest.raises(PartitionError):
        samples.writer(templates=TemplateSet(folder)).digest(samples.usual_week(), samples.facts())
