"""
The assertions of ``SimpleTestCase`` about responses, forms, HTML, JSON, XML and templates.

A mixin, so that pytest users can call them as well; ``testcases.py`` joins it with ``unittest.TestCase``.
"""

from __future__ import annotations

import difflib
import json
import pickle
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from unittest.util import safe_repr
from urllib.parse import parse_qsl, urlencode, urljoin, urlparse, urlsplit, urlunparse

from fastjango.conf import settings
from fastjango.core.exceptions import ValidationError
from fastjango.http import QueryDict
from fastjango.shortcuts import resolve_url
from fastjango.test.environment import ContextList
from fastjango.test.html import HTMLParseError, parse_html
from fastjango.test.signals import template_rendered
from fastjango.test.xml import compare_xml

if TYPE_CHECKING:
    from fastjango.forms import Form


# A failed assertion shows the line of the test, not the lines of this module: unittest looks for this name.
__unittest = True


def to_list(value: Any) -> list[Any]:
    """Put a lone value into a list; ``None`` gives an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def is_pickable(obj: Any) -> bool:
    """Return whether *obj* survives a round trip through pickle (parallel test runs need that)."""
    try:
        pickle.loads(pickle.dumps(obj))
    except (AttributeError, TypeError, pickle.PickleError):
        return False
    return True


def assert_and_parse_html(test: unittest.TestCase, html: Any, user_msg: str | None, msg: str) -> Any:
    """Parse *html* or fail the test with both messages."""
    try:
        return parse_html(html)
    except HTMLParseError as exc:
        test.fail(test._formatMessage(user_msg, f"{msg}\n{exc}"))


class _AssertTemplateUsedContext:
    def __init__(
        self, test_case: ResponseAssertions, template_name: str, msg_prefix: str = "", count: int | None = None
    ) -> None:
        self.test_case = test_case
        self.template_name = template_name
        self.msg_prefix = msg_prefix
        self.count = count
        self.rendered_templates: list[Any] = []
        self.context = ContextList()

    def on_template_render(self, sender: Any, signal: Any, template: Any, context: Any, **kwargs: Any) -> None:
        self.rendered_templates.append(template)
        self.context.append(context)

    @property
    def rendered_template_names(self) -> list[str]:
        return [f"{template.origin.template_name}" for template in self.rendered_templates if template.name is not None]

    def test(self) -> None:
        self.test_case._assert_template_used(
            self.template_name, self.rendered_template_names, self.msg_prefix, self.count
        )

    def __enter__(self) -> _AssertTemplateUsedContext:
        template_rendered.connect(self.on_template_render)
        return self

    def __exit__(self, exc_type: Any, exc: Any, tb: Any) -> None:
        template_rendered.disconnect(self.on_template_render)
        if exc_type is None:
            self.test()


class _AssertTemplateNotUsedContext(_AssertTemplateUsedContext):
    def test(self) -> None:
        self.test_case.assertFalse(
            self.template_name in self.rendered_template_names,
            f"{self.msg_prefix}Template '{self.template_name}' was used unexpectedly in rendering the response",
        )


class ResponseAssertions(unittest.TestCase):
    """Assertions about responses, forms and markup."""

    def assertRedirects(
        self,
        response: Any,
        expected_url: str,
        status_code: int = 302,
        target_status_code: int = 200,
        msg_prefix: str = "",
        fetch_redirect_response: bool = True,
    ) -> None:
        """Assert a redirect to *expected_url*, and that this page answers with *target_status_code*."""
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        if hasattr(response, "redirect_chain"):
            self.assertTrue(
                response.redirect_chain,
                f"{prefix}Response didn't redirect as expected: Response code was {response.status_code} "
                f"(expected {status_code})",
            )
            self.assertEqual(
                response.redirect_chain[0][1],
                status_code,
                f"{prefix}Initial response didn't redirect as expected: Response code was "
                f"{response.redirect_chain[0][1]} (expected {status_code})",
            )
            url, status_code = response.redirect_chain[-1]
            self.assertEqual(
                response.status_code,
                target_status_code,
                f"{prefix}Response didn't redirect as expected: Final Response code was {response.status_code} "
                f"(expected {target_status_code})",
            )
        else:
            self.assertEqual(
                response.status_code,
                status_code,
                f"{prefix}Response didn't redirect as expected: Response code was {response.status_code} "
                f"(expected {status_code})",
            )
            url = response.url
            scheme, netloc, path, query, _ = urlsplit(url)
            if not path.startswith("/"):
                url = urljoin(response.request["PATH_INFO"], url)
                path = urljoin(response.request["PATH_INFO"], path)
            if fetch_redirect_response:
                self._fetch_redirect(response, url, (scheme, netloc, path, query), target_status_code, prefix)
        self.assertURLEqual(url, expected_url, f"{prefix}Response redirected to '{url}', expected '{expected_url}'")

    def _fetch_redirect(
        self, response: Any, url: str, parts: tuple[str, str, str, str], target_status_code: int, prefix: str
    ) -> None:
        scheme, netloc, path, query = parts
        domain = netloc.partition(":")[0]
        if domain and not any(
            host in ("*", domain) or (host.startswith(".") and domain.endswith(host)) for host in settings.ALLOWED_HOSTS
        ):
            raise ValueError(
                f"The test client is unable to fetch remote URLs (got {url}). If the host is served by Django, "
                f"add '{domain}' to ALLOWED_HOSTS. Otherwise, use assertRedirects(..., fetch_redirect_response=False)."
            )
        extra = response.client.extra or {}
        headers = response.client.headers or {}
        target = response.client.get(path, QueryDict(query), secure=(scheme == "https"), **extra, headers=headers)
        self.assertEqual(
            target.status_code,
            target_status_code,
            f"{prefix}Couldn't retrieve redirection page '{path}': response code was {target.status_code} "
            f"(expected {target_status_code})",
        )

    def assertURLEqual(self, url1: Any, url2: Any, msg_prefix: str = "") -> None:
        """Assert that two URLs are equal, whatever the order of their query parameters (of different names)."""

        def normalize(url: Any) -> str:
            parts = urlparse(str(url) if isinstance(url, str) else str(resolve_url(url)))
            query = sorted(parse_qsl(parts.query), key=lambda pair: pair[0])
            return urlunparse((*parts[:4], urlencode(query), parts.fragment))

        prefix = f"{msg_prefix}: " if msg_prefix else ""
        self.assertEqual(normalize(url1), normalize(url2), f"{prefix}Expected '{url1}' to equal '{url2}'.")

    def _text_of(
        self, response: Any, text: Any, status_code: int, msg_prefix: str, html: bool
    ) -> tuple[Any, Any, str, Any]:
        if hasattr(response, "render") and callable(response.render) and not response.is_rendered:
            response.render()
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        self.assertEqual(
            response.status_code,
            status_code,
            f"{prefix}Couldn't retrieve content: Response code was {response.status_code} (expected {status_code})",
        )
        content: Any = b"".join(response.streaming_content) if response.streaming else response.content
        response_content = content
        if not isinstance(text, bytes) or html:
            text = str(text)
            content = content.decode(response.charset)
            text_repr = f"'{text}'"
        else:
            text_repr = repr(text)
        if html:
            content = assert_and_parse_html(self, content, None, "Response's content is not valid HTML:")
            text = assert_and_parse_html(self, text, None, "Second argument is not valid HTML:")
        return text_repr, content.count(text), prefix, response_content

    def assertContains(
        self,
        response: Any,
        text: Any,
        count: int | None = None,
        status_code: int = 200,
        msg_prefix: str = "",
        html: bool = False,
    ) -> None:
        """Assert the status and that *text* occurs (*count* times) in the body; ``html=True`` compares structure."""
        text_repr, real_count, prefix, content = self._text_of(response, text, status_code, msg_prefix, html)
        if count is not None:
            self.assertEqual(
                real_count,
                count,
                f"{prefix}Found {real_count} instances of {text_repr} (expected {count}) in the following response\n"
                f"{content!r}",
            )
        else:
            self.assertTrue(
                real_count != 0, f"{prefix}Couldn't find {text_repr} in the following response\n{content!r}"
            )

    def assertNotContains(
        self, response: Any, text: Any, status_code: int = 200, msg_prefix: str = "", html: bool = False
    ) -> None:
        """Assert the status and that *text* does not occur in the body."""
        text_repr, real_count, prefix, content = self._text_of(response, text, status_code, msg_prefix, html)
        self.assertEqual(
            real_count, 0, f"{prefix}{text_repr} unexpectedly found in the following response\n{content!r}"
        )

    def _check_test_client_response(self, response: Any, attribute: str, method_name: str) -> None:
        if not hasattr(response, attribute):
            raise ValueError(f"{method_name}() is only usable on responses fetched using the Django test Client.")

    def _assert_form_error(self, form: Form, field: str | None, errors: Any, msg_prefix: str, form_repr: str) -> None:
        if not form.is_bound:
            self.fail(f"{msg_prefix}The {form_repr} is not bound, it will never have any errors.")
        if field is not None and field not in form.fields:
            self.fail(f"{msg_prefix}The {form_repr} does not contain the field {field!r}.")
        if field is None:
            field_errors = form.non_field_errors()
            failure = f"The non-field errors of {form_repr} don't match."
        else:
            field_errors = form.errors.get(field, [])
            failure = f"The errors of field {field!r} on {form_repr} don't match."
        self.assertEqual(field_errors, to_list(errors), msg_prefix + failure)

    def assertFormError(self, form: Form, field: str | None, errors: Any, msg_prefix: str = "") -> None:
        """Assert that a field of a bound form has exactly these errors (``None``: the non-field errors)."""
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        self._assert_form_error(form, field, errors, prefix, f"form {form!r}")

    def assertFormSetError(
        self, formset: Any, form_index: int | None, field: str | None, errors: Any, msg_prefix: str = ""
    ) -> None:
        """Assert the errors of one form of a formset; ``form_index=None`` means the non-form errors."""
        if form_index is None and field is not None:
            raise ValueError("You must use field=None with form_index=None.")
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        if not formset.is_bound:
            self.fail(f"{prefix}The formset {formset!r} is not bound, it will never have any errors.")
        if form_index is not None and form_index >= formset.total_form_count():
            forms = "form" if formset.total_form_count() == 1 else "forms"
            self.fail(f"{prefix}The formset {formset!r} only has {formset.total_form_count()} {forms}.")
        if form_index is not None:
            self._assert_form_error(
                formset.forms[form_index], field, errors, prefix, f"form {form_index} of formset {formset!r}"
            )
        else:
            self.assertEqual(
                formset.non_form_errors(),
                to_list(errors),
                f"{prefix}The non-form errors of formset {formset!r} don't match.",
            )

    # ------------------------------------------------------------ templates

    def _template_names(
        self, response: Any, template_name: Any, msg_prefix: str, method_name: str
    ) -> tuple[Any, list[str] | None, str]:
        if response is None and template_name is None:
            raise TypeError("response and/or template_name argument must be provided")
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        if template_name is not None and response is not None:
            self._check_test_client_response(response, "templates", method_name)
        if not hasattr(response, "templates") or (response is None and template_name):
            if response:
                template_name = response
            return template_name, None, prefix
        return template_name, [t.name for t in cast(Any, response).templates if t.name is not None], prefix

    def _assert_template_used(self, template_name: str, names: list[str], prefix: str, count: int | None) -> None:
        if not names:
            self.fail(f"{prefix}No templates used to render the response")
        self.assertTrue(
            template_name in names,
            f"{prefix}Template '{template_name}' was not a template used to render the response. "
            f"Actual template(s) used: {', '.join(names)}",
        )
        if count is not None:
            self.assertEqual(
                names.count(template_name),
                count,
                f"{prefix}Template '{template_name}' was expected to be rendered {count} time(s) but was actually "
                f"rendered {names.count(template_name)} time(s).",
            )

    def assertTemplateUsed(
        self, response: Any = None, template_name: str | None = None, msg_prefix: str = "", count: int | None = None
    ) -> Any:
        """Assert that the response (or the ``with`` block) rendered the template."""
        name, names, prefix = self._template_names(response, template_name, msg_prefix, "assertTemplateUsed")
        if names is None:
            return _AssertTemplateUsedContext(self, name, prefix, count)
        self._assert_template_used(name, names, prefix, count)
        return None

    def assertTemplateNotUsed(
        self, response: Any = None, template_name: str | None = None, msg_prefix: str = ""
    ) -> Any:
        """Assert that the response (or the ``with`` block) did not render the template."""
        name, names, prefix = self._template_names(response, template_name, msg_prefix, "assertTemplateNotUsed")
        if names is None:
            return _AssertTemplateNotUsedContext(self, name, prefix)
        self.assertFalse(name in names, f"{prefix}Template '{name}' was used unexpectedly in rendering the response")
        return None

    # ------------------------------------------------------------ fields and markup

    def assertFieldOutput(
        self,
        fieldclass: Any,
        valid: dict[Any, Any],
        invalid: dict[Any, Any],
        field_args: list[Any] | None = None,
        field_kwargs: dict[str, Any] | None = None,
        empty_value: Any = "",
    ) -> None:
        """Assert what a form field makes of valid and invalid input."""
        from fastjango.forms import CharField

        args, kwargs = field_args or [], field_kwargs or {}
        required = fieldclass(*args, **kwargs)
        optional = fieldclass(*args, **{**kwargs, "required": False})
        for given, cleaned in valid.items():
            self.assertEqual(required.clean(given), cleaned)
            self.assertEqual(optional.clean(given), cleaned)
        for given, errors in invalid.items():
            for field in (required, optional):
                with self.assertRaises(ValidationError) as caught:
                    field.clean(given)
                self.assertEqual(caught.exception.messages, errors)
        for given in required.empty_values:
            with self.assertRaises(ValidationError) as caught:
                required.clean(given)
            self.assertEqual(caught.exception.messages, [required.error_messages["required"]])
            self.assertEqual(optional.clean(given), empty_value)
        if issubclass(fieldclass, CharField):
            kwargs.update({"min_length": 2, "max_length": 20})
            self.assertIsInstance(fieldclass(*args, **kwargs), fieldclass)

    def assertHTMLEqual(self, html1: str, html2: str, msg: str | None = None) -> None:
        """Assert that two pieces of HTML have the same structure."""
        dom1 = assert_and_parse_html(self, html1, msg, "First argument is not valid HTML:")
        dom2 = assert_and_parse_html(self, html2, msg, "Second argument is not valid HTML:")
        if dom1 != dom2:
            standard = f"{safe_repr(dom1, True)} != {safe_repr(dom2, True)}"
            diff = "\n" + "\n".join(difflib.ndiff(str(dom1).splitlines(), str(dom2).splitlines()))
            self.fail(self._formatMessage(msg, cast(Any, self)._truncateMessage(standard, diff)))

    def assertHTMLNotEqual(self, html1: str, html2: str, msg: str | None = None) -> None:
        """Assert that two pieces of HTML differ in structure."""
        dom1 = assert_and_parse_html(self, html1, msg, "First argument is not valid HTML:")
        dom2 = assert_and_parse_html(self, html2, msg, "Second argument is not valid HTML:")
        if dom1 == dom2:
            standard = f"{safe_repr(dom1, True)} == {safe_repr(dom2, True)}"
            self.fail(self._formatMessage(msg, standard))

    def assertInHTML(self, needle: str, haystack: str, count: int | None = None, msg_prefix: str = "") -> None:
        """Assert that one piece of HTML contains another, by structure."""
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        parsed = assert_and_parse_html(self, needle, None, "First argument is not valid HTML:")
        within = assert_and_parse_html(self, haystack, None, "Second argument is not valid HTML:")
        real_count = within.count(parsed)
        if count is not None:
            self.assertEqual(
                real_count,
                count,
                f"{prefix}Found {real_count} instances of '{needle}' (expected {count}) in the following response\n"
                f"{haystack!r}",
            )
        else:
            self.assertTrue(
                real_count != 0, f"{prefix}Couldn't find '{needle}' in the following response\n{haystack!r}"
            )

    def assertNotInHTML(self, needle: str, haystack: str, msg_prefix: str = "") -> None:
        """Assert that one piece of HTML does not contain another."""
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        parsed = assert_and_parse_html(self, needle, None, "First argument is not valid HTML:")
        within = assert_and_parse_html(self, haystack, None, "Second argument is not valid HTML:")
        self.assertEqual(
            within.count(parsed), 0, f"{prefix}'{needle}' unexpectedly found in the following response\n{haystack!r}"
        )

    def _json(self, value: Any, which: str, msg: str | None) -> Any:
        try:
            return json.loads(value)
        except ValueError:
            self.fail(self._formatMessage(msg, f"{which} is not valid JSON: {value!r}"))

    def assertJSONEqual(self, raw: Any, expected_data: Any, msg: str | None = None) -> None:
        """Assert that a JSON text says the same as another text or as Python values."""
        data = self._json(raw, "First argument", msg)
        if isinstance(expected_data, str):
            expected_data = self._json(expected_data, "Second argument", msg)
        self.assertEqual(data, expected_data, msg=msg)

    def assertJSONNotEqual(self, raw: Any, expected_data: Any, msg: str | None = None) -> None:
        """Assert that a JSON text says something else."""
        data = self._json(raw, "First argument", msg)
        if isinstance(expected_data, str):
            expected_data = self._json(expected_data, "Second argument", msg)
        self.assertNotEqual(data, expected_data, msg=msg)

    def _same_xml(self, xml1: str, xml2: str, msg: str | None) -> bool:
        try:
            return compare_xml(xml1, xml2)
        except Exception as exc:
            self.fail(self._formatMessage(msg, f"First or second argument is not valid XML\n{exc}"))

    def assertXMLEqual(self, xml1: str, xml2: str, msg: str | None = None) -> None:
        """Assert that two XML documents have the same structure."""
        if not self._same_xml(xml1, xml2, msg):
            standard = f"{safe_repr(xml1, True)} != {safe_repr(xml2, True)}"
            diff = "\n" + "\n".join(difflib.ndiff(xml1.splitlines(), xml2.splitlines()))
            self.fail(self._formatMessage(msg, cast(Any, self)._truncateMessage(standard, diff)))

    def assertXMLNotEqual(self, xml1: str, xml2: str, msg: str | None = None) -> None:
        """Assert that two XML documents differ in structure."""
        if self._same_xml(xml1, xml2, msg):
            standard = f"{safe_repr(xml1, True)} == {safe_repr(xml2, True)}"
            self.fail(self._formatMessage(msg, standard))

    # ------------------------------------------------------------ messages of exceptions and warnings

    @contextmanager
    def _message_context(self, how: Any, expected: type, message: str) -> Iterator[Any]:
        with how(expected) as caught:
            yield caught
        got = getattr(caught, "exception", None)
        self.assertIn(message, str(got if got is not None else caught.warning))

    def _assert_with_message(
        self, how: Any, expected: type, message: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        func: Callable[..., Any] | None = None
        if "callable_obj" in kwargs:
            func = kwargs.pop("callable_obj")
        elif args:
            func, *rest = args
            args = tuple(rest)
        manager = self._message_context(how, expected, message)
        if func is None:
            return manager
        with manager:
            func(*args, **kwargs)
        return None

    def assertRaisesMessage(self, expected_exception: Any, expected_message: str, *args: Any, **kwargs: Any) -> Any:
        """Assert that the exception is raised and its text contains *expected_message*."""
        return self._assert_with_message(self.assertRaises, expected_exception, expected_message, args, kwargs)

    def assertWarnsMessage(self, expected_warning: Any, expected_message: str, *args: Any, **kwargs: Any) -> Any:
        """Assert that the warning is given and its text contains *expected_message*."""
        return self._assert_with_message(self.assertWarns, expected_warning, expected_message, args, kwargs)
