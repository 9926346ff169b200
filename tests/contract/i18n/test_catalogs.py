"""The framework's own catalogs, and the commands that make those of projects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import fastjango
from fastjango import forms
from fastjango.core.exceptions import ValidationError
from fastjango.core.management import CommandError, call_command
from fastjango.core.management.commands import compilemessages, makemessages
from fastjango.core.management.utils import find_command
from fastjango.utils.translation import gettext, ngettext, override

CATALOGS = sorted(Path(fastjango.__path__[0]).glob("conf/locale/*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w+\}")
needs_gettext = pytest.mark.skipif(
    find_command("xgettext") is None, reason="the tools of GNU gettext are not installed"
)


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """Give each message with each of its translations."""
    with path.open("rb") as file:
        for message in read_po(file, abort_invalid=True):
            many = isinstance(message.id, (list, tuple))
            source = message.id[-1] if many else str(message.id)
            translations = message.string if isinstance(message.string, (list, tuple)) else [message.string]
            for text in translations:
                if source and text:
                    yield source, text


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_a_translation_names_what_its_message_names(path: Path) -> None:
    for source, text in messages(path):
        assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(source)), source


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("de", ["Dieses Feld ist erforderlich.", "Aktion:", "Neues Passwort", "Nicht gefunden."]),
        ("fr", ["Ce champ est obligatoire.", "Action :", "Nouveau mot de passe", "Introuvable."]),
        ("es", ["Este campo es obligatorio.", "Acción:", "Contraseña nueva", "No encontrado."]),
    ],
)
def test_forms_admin_login_and_rest_speak_the_language(language: str, texts: list[str]) -> None:
    with override(language):
        assert [gettext(text) for text in ("This field is required.", "Action:", "New password", "Not found.")] == texts


def test_a_form_complains_in_the_language_of_the_request() -> None:
    with pytest.raises(ValidationError) as caught:
        forms.CharField(max_length=2).clean("abc")

    with override("de"):
        assert "höchstens 2 Zeichen" in caught.value.messages[0]


def test_plural_forms_follow_the_language() -> None:
    with override("fr"):
        assert ngettext("entry", "entries", 0) == "entrée"
    with override("de"):
        assert ngettext("entry", "entries", 0) == "Einträge"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a text in Python and one in a template, which is the current one."""
    (tmp_path / "locale").mkdir()
    (tmp_path / "views.py").write_text('from x import gettext as _, pgettext\n_("Order")\npgettext("verb", "Order")\n')
    (tmp_path / "page.html").write_text(
        "{# Translators: on the button #}\n{% translate 'Buy' %}\n"
        "{% blocktranslate count n=n %}{{ n }} piece{% plural %}{{ n }} pieces{% endblocktranslate %}"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*languages: str) -> str:
    out = StringIO()
    call_command("makemessages", locale=list(languages), stdout=out)
    return out.getvalue()


@needs_gettext
def test_texts_of_code_and_templates_are_gathered(project: Path) -> None:
    make("de", "pl")

    german = (project / "locale/de/LC_MESSAGES/django.po").read_text()
    polish = (project / "locale/pl/LC_MESSAGES/django.po").read_text()
    assert 'msgctxt "verb"\nmsgid "Order"' in german
    assert '#. Translators: on the button\n#: page.html:2\nmsgid "Buy"' in german
    assert 'msgid "%(n)s piece"\nmsgid_plural "%(n)s pieces"' in german
    assert "nplurals=3" in polish
    assert not list(project.glob("*.html.py"))


@needs_gettext
def test_translations_survive_the_next_run(project: Path) -> None:
    make("de")
    catalog = project / "locale/de/LC_MESSAGES/django.po"
    catalog.write_text(catalog.read_text().replace('msgid "Buy"\nmsgstr ""', 'msgid "Buy"\nmsgstr "Kaufen"'))

    make("de")

    assert 'msgstr "Kaufen"' in catalog.read_text()


def test_a_missing_program_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))

    with pytest.raises(CommandError, match=r"Can't find msguniq\. Make sure you have GNU gettext tools"):
        make("de")


def test_a_locale_written_like_a_language_tag_is_explained(project: Path) -> None:
    assert "invalid locale pt-br, did you mean pt_BR?" in make("pt-br") or find_command("xgettext") is None


@pytest.mark.parametrize("with_msgfmt", [True, False])
def test_catalogs_are_compiled_with_and_without_msgfmt(
    project: Path, with_msgfmt: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / "locale/de/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Buy"\nmsgstr "Kaufen"\n'
    )
    if not with_msgfmt:
        monkeypatch.setattr(compilemessages, "find_command", lambda program: None)

    call_command("compilemessages", verbosity=0)

    assert b"Kaufen" in (folder / "django.mo").read_bytes()


def test_a_translation_with_another_placeholder_is_an_error_without_msgfmt(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / "locale/de/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('#, python-format\nmsgid "%(a)s"\nmsgstr "%(b)s"\n')
    monkeypatch.setattr(compilemessages, "find_command", lambda program: None)

    with pytest.raises(CommandError, match="generated one or more errors"):
        call_command("compilemessages", verbosity=0, stderr=StringIO())


def test_the_class_can_be_given_other_options() -> None:
    class Command(makemessages.Command):
        xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=mark"]

    assert "--keyword=mark" in Command().xgettext_options
