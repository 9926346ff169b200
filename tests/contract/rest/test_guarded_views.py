"""Who may do what in REST views: authentication, permissions, throttles, versions, parsers, routers."""

from __future__ import annotations

import base64
import json
import sys
from types import ModuleType
from typing import Any

import pytest

from fastjango.contrib.auth.models import Group, Permission, User
from fastjango.core.cache import cache
from fastjango.rest import permissions, serializers, status, throttling, versioning, viewsets
from fastjango.rest.authentication import BasicAuthentication, SessionAuthentication, TokenAuthentication
from fastjango.rest.authtoken.models import Token
from fastjango.rest.authtoken.views import obtain_auth_token
from fastjango.rest.decorators import action
from fastjango.rest.parsers import FileUploadParser, FormParser, JSONParser, MultiPartParser
from fastjango.rest.response import Response
from fastjango.rest.routers import DefaultRouter
from fastjango.rest.test import APIClient, APIRequestFactory, APITestCase, force_authenticate
from fastjango.rest.views import APIView
from fastjango.test import modify_settings, override_settings
from fastjango.urls import include, path

rf = APIRequestFactory()


class GroupSerializer(serializers.ModelSerializer):
    """A group and how many permissions it has."""

    class Meta:
        model = Group
        fields = ["id", "name"]


class OnlyNamed(permissions.BasePermission):
    """Lets users change the group that has their name."""

    message = "This is not your group."

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """Return whether the names are the same."""
        return request.method in permissions.SAFE_METHODS or obj.name == request.user.username


class Groups(viewsets.ModelViewSet):
    """Groups for users who are logged in."""

    queryset = Group.objects.order_by("name")
    serializer_class = GroupSerializer
    authentication_classes = [TokenAuthentication, BasicAuthentication, SessionAuthentication]
    permission_classes = [permissions.IsAuthenticated, OnlyNamed]

    @action(detail=True, methods=["post"], permission_classes=[permissions.IsAdminUser])
    def shout(self, request: Any, pk: Any = None) -> Response:
        """Write the name in capitals."""
        group = self.get_object()
        group.name = group.name.upper()
        group.save()
        return Response({"name": group.name})

    @action(detail=False, url_path="how-many")
    async def how_many(self, request: Any) -> Response:
        """Return the number of groups."""
        return Response({"count": await self.get_queryset().acount()})


class ByModelPermission(viewsets.ModelViewSet):
    """Groups for users who have Django's permissions."""

    queryset = Group.objects.order_by("name")
    serializer_class = GroupSerializer
    authentication_classes = [BasicAuthentication]
    permission_classes = [permissions.DjangoModelPermissions]


ROUTER = DefaultRouter()
ROUTER.register("groups", Groups)
ROUTER.register("permitted", ByModelPermission, basename="permitted")
URLS = ModuleType("tests_contract_rest_guarded_urls")
URLS.urlpatterns = [path("api/", include(ROUTER.urls))]  # type: ignore[attr-defined]
sys.modules[URLS.__name__] = URLS


def basic(name: str, password: str) -> str:
    """Return the header of basic authentication."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@modify_settings(INSTALLED_APPS={"append": ["fastjango.rest"]})
@override_settings(ROOT_URLCONF=URLS.__name__)
class ViewSetTests(APITestCase):
    """A router, a viewset and its guards."""

    ada: Any
    mine: Any
    other: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ada = User.objects.create_user("ada", password="right")
        cls.mine = Group.objects.create(name="ada")
        cls.other = Group.objects.create(name="other")

    def test_strangers_get_401_and_the_way_to_log_in(self) -> None:
        response = self.client.get("/api/groups/")

        assert response.status_code == status.HTTP_401_UNAUTHORIZED
        assert response["WWW-Authenticate"] == "Token"
        assert response.json() == {"detail": "Authentication credentials were not provided."}

    def test_basic_authentication(self) -> None:
        self.client.credentials(HTTP_AUTHORIZATION=basic("ada", "right"))
        assert self.client.get("/api/groups/").status_code == 200

        for header in (basic("ada", "wrong"), "Basic", "Basic !!", "Basic a b", basic("ada", "right")[:-4]):
            self.client.credentials(HTTP_AUTHORIZATION=header)
            assert self.client.get("/api/groups/").status_code == 401, header

    def test_a_logged_in_user_acts_only_with_a_csrf_token(self) -> None:
        client = APIClient(enforce_csrf_checks=True)
        client.force_login(self.ada)

        assert client.get("/api/groups/").status_code == 200
        refused = client.post("/api/groups/", {"name": "new"})
        assert refused.status_code == 403
        assert refused.json()["detail"].startswith("CSRF Failed")

    def test_objects_have_guards_of_their_own(self) -> None:
        self.client.force_authenticate(self.ada)

        allowed = self.client.patch(f"/api/groups/{self.mine.pk}/", {"name": "ada"})
        refused = self.client.delete(f"/api/groups/{self.other.pk}/")

        assert allowed.status_code == 200
        assert (refused.status_code, refused.json()) == (403, {"detail": "This is not your group."})
        assert Group.objects.filter(pk=self.other.pk).exists()

    def test_an_action_may_have_other_guards(self) -> None:
        self.client.force_authenticate(self.ada)
        assert self.client.post(f"/api/groups/{self.mine.pk}/shout/").status_code == 403

        self.client.force_authenticate(User.objects.create_superuser("root"))
        assert self.client.post(f"/api/groups/{self.mine.pk}/shout/").json() == {"name": "ADA"}

    def test_async_and_sync_methods_live_in_one_class(self) -> None:
        self.client.force_authenticate(self.ada)

        assert self.client.get("/api/groups/how-many/").json() == {"count": 2}
        assert [row["name"] for row in self.client.get("/api/groups/").json()] == ["ada", "other"]

    def test_the_whole_life_of_an_object(self) -> None:
        self.client.force_authenticate(User.objects.create_user("new"))

        made = self.client.post("/api/groups/", {"name": "new"}, format="json")
        address = f"/api/groups/{made.json()['id']}/"

        assert made.status_code == 201
        assert self.client.post("/api/groups/", {"name": "new"}).json() == {
            "name": ["group with this name already exists."]
        }
        assert self.client.put(address, {}).json() == {"name": ["This field is required."]}
        assert self.client.delete(address).status_code == 204
        assert self.client.get(address).json() == {"detail": "No Group matches the given query."}

    def test_the_root_lists_what_there_is(self) -> None:
        self.client.force_authenticate(self.ada)

        assert self.client.get("/api/").json() == {
            "groups": "http://testserver/api/groups/",
            "permitted": "http://testserver/api/permitted/",
        }

    def test_djangos_permissions_guard_each_method(self) -> None:
        self.client.credentials(HTTP_AUTHORIZATION=basic("ada", "right"))
        assert self.client.get("/api/permitted/").status_code == 200
        assert self.client.post("/api/permitted/", {"name": "x"}).status_code == 403

        self.ada.user_permissions.add(Permission.objects.get(codename="add_group"))
        assert self.client.post("/api/permitted/", {"name": "x"}).status_code == 201
        assert self.client.delete(f"/api/permitted/{self.mine.pk}/").status_code == 403

    def test_a_method_that_is_not_there_is_405(self) -> None:
        self.client.force_authenticate(self.ada)

        response = self.client.patch("/api/groups/")

        assert response.status_code == 405
        assert response.json() == {"detail": 'Method "PATCH" not allowed.'}
        assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


class Answer(APIView):
    """Answers anybody."""

    authentication_classes: Any = []
    permission_classes: Any = []

    def get(self, request: Any, **kwargs: Any) -> Response:
        """Return the version."""
        return Response({"version": request.version})

    def post(self, request: Any) -> Response:
        """Return what was sent."""
        sent = {name: getattr(value, "name", value) for name, value in request.data.items()}
        return Response(sent)


def answer(request: Any, **attributes: Any) -> Any:
    """Return the response of a view with these attributes, rendered."""
    response = Answer.as_view(**attributes)(request)
    return response.render()


@pytest.fixture
def empty_cache() -> Any:
    """A cache without the counts of other tests."""
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("kind", [throttling.AnonRateThrottle, throttling.UserRateThrottle])
def test_a_visitor_waits_after_too_many_requests(kind: Any, empty_cache: None, db: None) -> None:
    class Twice(kind):  # type: ignore[misc]
        rate = "2/min"

    codes = [answer(rf.get("/"), throttle_classes=[Twice]).status_code for _ in range(3)]
    refused = answer(rf.get("/"), throttle_classes=[Twice])
    elsewhere = answer(rf.get("/", REMOTE_ADDR="10.0.0.9"), throttle_classes=[Twice])

    assert codes == [200, 200, 429]
    assert 0 < int(refused["Retry-After"]) <= 60
    assert json.loads(refused.content)["detail"].startswith("Request was throttled. Expected available in ")
    assert elsewhere.status_code == 200


def test_users_are_counted_by_name_and_not_by_address(empty_cache: None, db: None) -> None:
    class Once(throttling.UserRateThrottle):
        rate = "1/hour"

    def ask(name: str) -> int:
        request = rf.get("/")
        force_authenticate(request, User.objects.get_or_create(username=name)[0])
        return int(answer(request, throttle_classes=[Once]).status_code)

    assert [ask("ada"), ask("eve"), ask("ada")] == [200, 200, 429]


def test_a_made_up_forwarded_address_does_not_escape_the_throttle(empty_cache: None, db: None) -> None:
    class Once(throttling.AnonRateThrottle):
        rate = "1/hour"

    with override_settings(REST_FRAMEWORK={"NUM_PROXIES": 0}):
        codes = [
            answer(rf.get("/", HTTP_X_FORWARDED_FOR=f"9.9.9.{number}"), throttle_classes=[Once]).status_code
            for number in range(2)
        ]

    assert codes == [200, 429]


@pytest.mark.parametrize("rate", ["2/fortnight", "many/min", "2"])
def test_a_rate_that_is_none_is_an_error_at_once(rate: str) -> None:
    odd = type("Odd", (throttling.AnonRateThrottle,), {"rate": rate})

    with pytest.raises((KeyError, ValueError)):
        odd()


class OneOrTwo(versioning.BaseVersioning):
    """The versions that the tests know."""

    allowed_versions = ("1.0", "2.0")
    default_version = "1.0"


@pytest.mark.parametrize(
    ("scheme", "request_", "kwargs", "version"),
    [
        (versioning.QueryParameterVersioning, rf.get("/?version=2.0"), {}, "2.0"),
        (versioning.AcceptHeaderVersioning, rf.get("/", HTTP_ACCEPT="application/json; version=2.0"), {}, "2.0"),
        (versioning.HostNameVersioning, rf.get("/", HTTP_HOST="v2.example.org"), {}, "v2"),
        (versioning.URLPathVersioning, rf.get("/"), {"version": "2.0"}, "2.0"),
        (versioning.URLPathVersioning, rf.get("/"), {}, "1.0"),
    ],
)
def test_every_scheme_finds_the_version(scheme: Any, request_: Any, kwargs: Any, version: str) -> None:
    class Known(scheme):  # type: ignore[misc]
        default_version = "1.0"
        allowed_versions = ("1.0", "2.0", "v2")

    with override_settings(ALLOWED_HOSTS=["*"]):
        response = Answer.as_view(versioning_class=Known)(request_, **kwargs).render()

    assert json.loads(response.content) == {"version": version}


def test_an_unknown_version_is_said(db: None) -> None:
    class Known(versioning.QueryParameterVersioning):
        allowed_versions = ("1.0",)

    response = answer(rf.get("/?version=9"), versioning_class=Known)

    assert (response.status_code, json.loads(response.content)) == (
        404,
        {"detail": "Invalid version in query parameter."},
    )


@pytest.mark.parametrize(
    ("content_type", "body", "parser", "sent"),
    [
        ("application/json", b'{"a": 1}', JSONParser, {"a": 1}),
        ("application/x-www-form-urlencoded", b"a=1&b=%C3%BC", FormParser, {"a": "1", "b": "ü"}),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n',
            MultiPartParser,
            {"f": "a.txt"},
        ),
    ],
)
def test_bodies_are_read_by_their_type(content_type: str, body: bytes, parser: Any, sent: Any) -> None:
    response = answer(rf.generic("POST", "/", body, content_type), parser_classes=[parser])

    assert json.loads(response.content) == sent


def test_a_raw_file_is_named_by_its_header() -> None:
    request = rf.generic(
        "POST", "/", b"bytes", "text/plain", HTTP_CONTENT_DISPOSITION="attachment; filename=../../a.txt"
    )
    nameless = rf.generic("POST", "/", b"bytes", "text/plain")

    assert json.loads(answer(request, parser_classes=[FileUploadParser]).content) == {"file": "a.txt"}
    assert answer(nameless, parser_classes=[FileUploadParser]).status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b'{"a": NaN}', 400),
        ("application/json", b"\xff", 400),
        ("text/plain", b"a", 415),
        ("multipart/form-data", b"a", 400),
    ],
)
def test_bodies_that_cannot_be_read_are_the_clients_fault(content_type: str, body: bytes, code: int) -> None:
    response = answer(rf.generic("POST", "/", body, content_type), parser_classes=[JSONParser, MultiPartParser])

    assert response.status_code == code
    assert set(json.loads(response.content)) == {"detail"}


@override_settings(ROOT_URLCONF=URLS.__name__)
class TokenTests(APITestCase):
    """Tokens in the ``Authorization`` header."""

    def test_a_token_stands_for_its_user(self) -> None:
        token = Token.objects.create(user=User.objects.create_user("ada"))
        self.client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")

        assert len(token.key) == 40
        assert self.client.get("/api/groups/").status_code == 200

    def test_wrong_tokens_are_told_apart_from_none(self) -> None:
        token = Token.objects.create(user=User.objects.create_user("ada", is_active=False))
        for header, detail in (
            (f"Token {token.key}", "User inactive or deleted."),
            ("Token nothing", "Invalid token."),
            ("Token", "Invalid token header. No credentials provided."),
            ("Token a b", "Invalid token header. Token string should not contain spaces."),
            ("Token \xff", "Invalid token header. Token string should not contain invalid characters."),
        ):
            self.client.credentials(HTTP_AUTHORIZATION=header)

            response = self.client.get("/api/groups/")

            assert (response.status_code, response.json()["detail"]) == (401, detail), header

    def test_a_token_is_had_for_a_password(self) -> None:
        user = User.objects.create_user("ada", password="right")
        view = obtain_auth_token

        given = view(rf.post("/", {"username": "ada", "password": "right"})).data
        again = view(rf.post("/", {"username": "ada", "password": "right"})).data
        refused = view(rf.post("/", {"username": "ada", "password": "wrong"}))

        assert given == again == {"token": Token.objects.get(user=user).key}
        assert refused.data == {"non_field_errors": ["Unable to log in with provided credentials."]}
