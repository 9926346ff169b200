"""
One program with what the pages of FastAPI's tutorial show; ``tutorial_walk.py`` walks through it.

Nothing here knows whether it runs on FastAPI or on FastJango, but for the class of the application.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import (
    APIRouter,
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    FastAPI,
    File,
    Form,
    Header,
    HTTPException,
    Path,
    Query,
    Request,
    Response,
    Security,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
    WebSocketException,
    status,
)
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    StreamingResponse,
)
from fastapi.routing import APIRoute
from fastapi.security import (
    APIKeyHeader,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    SecurityScopes,
)
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, EmailStr, Field, HttpUrl
from pydantic_settings import BaseSettings
from starlette.exceptions import HTTPException as StarletteHTTPException

diary: list[str] = []


class Settings(BaseSettings):
    app_name: str = "Awesome API"
    items_per_user: int = 50


def get_settings() -> Settings:
    return Settings()


class ModelName(str, Enum):
    alexnet = "alexnet"
    resnet = "resnet"


class Image(BaseModel):
    url: HttpUrl
    name: str


class Item(BaseModel):
    name: str = Field(examples=["Foo"])
    description: str | None = Field(default=None, title="The description", max_length=300)
    price: float = Field(gt=0, description="Greater than zero")
    tax: float | None = None
    tags: set[str] = set()
    image: Image | None = None

    model_config = {"json_schema_extra": {"examples": [{"name": "Foo", "price": 35.4}]}}


class UserIn(BaseModel):
    username: str
    password: str
    email: EmailStr


class UserOut(BaseModel):
    username: str
    email: EmailStr


class Car(BaseModel):
    type: Literal["car"] = "car"
    wheels: int = 4


class Plane(BaseModel):
    type: Literal["plane"] = "plane"
    engines: int


class FilterParams(BaseModel):
    model_config = {"extra": "forbid"}

    limit: int = Field(100, gt=0, le=100)
    offset: int = Field(0, ge=0)
    order_by: Literal["created_at", "updated_at"] = "created_at"
    tags: list[str] = []


class UnicornError(Exception):
    def __init__(self, name: str) -> None:
        self.name = name


class OwnerError(Exception):
    pass


class TimedRoute(APIRoute):
    def get_route_handler(self) -> Callable[..., Any]:
        original = super().get_route_handler()

        async def timed(request: Request) -> Response:
            response: Response = await original(request)
            response.headers["X-Timed"] = "yes"
            return response

        return timed


async def get_db() -> AsyncIterator[str]:
    diary.append("db open")
    try:
        yield "db"
    except OwnerError:
        diary.append("db sees OwnerError")
        raise HTTPException(status_code=400, detail="Owner error") from None
    finally:
        diary.append("db closed")


def get_sync() -> Iterator[int]:
    diary.append("sync open")
    yield 1
    diary.append("sync closed")


class FixedContentQueryChecker:
    def __init__(self, fixed: str) -> None:
        self.fixed = fixed

    def __call__(self, q: str = "") -> bool:
        return self.fixed in q


oauth2 = OAuth2PasswordBearer(
    tokenUrl="token", scopes={"me": "Read about me.", "items": "Read items."}, auto_error=True
)
basic = HTTPBasic()
bearer = HTTPBearer(auto_error=False)
api_key = APIKeyHeader(name="X-Key")
USERS = {"token-me": ["me"], "token-all": ["me", "items"]}


async def current_user(scopes: SecurityScopes, token: Annotated[str, Depends(oauth2)]) -> str:
    wanted = f'Bearer scope="{scopes.scope_str}"' if scopes.scopes else "Bearer"
    if token not in USERS:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": wanted})
    if any(scope not in USERS[token] for scope in scopes.scopes):
        raise HTTPException(401, "Not enough permissions", {"WWW-Authenticate": wanted})
    return token


def build(app_class: type[FastAPI], folder: str) -> FastAPI:
    """Return the program as an application of *app_class*."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        diary.append("startup")
        yield {"model": "loaded"}
        diary.append("shutdown")

    app = app_class(
        title="Tutorial",
        summary="A summary",
        version="2.5.0",
        contact={"name": "Deadpoolio", "email": "dp@example.com"},
        license_info={"name": "Apache 2.0", "identifier": "MIT"},
        openapi_tags=[{"name": "items", "description": "Manage items."}],
        servers=[{"url": "/", "description": "Here"}],
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        swagger_ui_parameters={"deepLinking": False},
        responses={418: {"description": "I'm a teapot"}},
    )
    app.add_middleware(
        CORSMiddleware, allow_origins=["https://front.test"], allow_credentials=True, allow_methods=["*"]
    )
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)

    @app.middleware("http")
    async def add_process_time(request: Request, call_next: Callable[..., Any]) -> Any:
        begun = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = "measured" if time.perf_counter() >= begun else "?"
        return response

    _errors(app)
    _parameters(app)
    _bodies(app)
    _responses(app, folder)
    _dependencies(app)
    _security(app)
    _routers(app, app_class)
    _sockets(app)
    _openapi(app)
    app.mount("/static", StaticFiles(directory=folder), name="static")
    return app


def _errors(app: FastAPI) -> None:
    @app.exception_handler(UnicornError)
    async def unicorn(request: Request, exc: UnicornError) -> JSONResponse:
        return JSONResponse({"message": f"Oops! {exc.name} did something."}, status_code=418)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> JSONResponse:
        return JSONResponse(
            {"detail": jsonable_encoder(exc.errors()), "body": jsonable_encoder(exc.body)}, status_code=422
        )

    @app.exception_handler(StarletteHTTPException)
    async def http(request: Request, exc: StarletteHTTPException) -> Response:
        diary.append(f"http {exc.status_code}")
        return await http_exception_handler(request, exc)

    @app.get("/unicorns/{name}")
    async def read_unicorn(name: str) -> dict[str, str]:
        if name == "yolo":
            raise UnicornError(name)
        if name == "lost":
            raise HTTPException(404, detail={"why": "lost"}, headers={"X-Error": "There goes my error"})
        if name == "crash":
            raise RuntimeError("on purpose")
        return {"unicorn": name}


def _parameters(app: FastAPI) -> None:
    @app.get("/models/{model_name}")
    async def model(model_name: ModelName) -> dict[str, Any]:
        return {"model_name": model_name}

    @app.get("/files/{file_path:path}")
    async def file_path(file_path: str) -> str:
        return file_path

    @app.get("/query/{item_id}")
    async def query(
        item_id: Annotated[int, Path(title="The ID", ge=1, le=1000)],
        needy: bool,
        q: Annotated[str | None, Query(alias="item-query", max_length=5, pattern="^[a-z]*$", deprecated=True)] = None,
        numbers: Annotated[list[int] | None, Query()] = None,
        user_agent: Annotated[str | None, Header()] = None,
        x_token: Annotated[list[str] | None, Header()] = None,
        ads_id: Annotated[str | None, Cookie()] = None,
        hidden: Annotated[str | None, Query(include_in_schema=False)] = None,
    ) -> dict[str, Any]:
        return {
            "id": item_id,
            "needy": needy,
            "q": q,
            "numbers": numbers,
            "agent": user_agent,
            "token": x_token,
            "ads": ads_id,
        }

    @app.get("/filter/")
    async def filtered(params: Annotated[FilterParams, Query()]) -> FilterParams:
        return params


def _bodies(app: FastAPI) -> None:
    @app.put("/items/{item_id}", tags=["items"], summary="Update an item", response_description="The updated item")
    async def update(
        item_id: UUID,
        item: Item,
        user: UserIn,
        importance: Annotated[int, Body(gt=0)],
        starts: Annotated[datetime, Body()],
        after: Annotated[timedelta, Body()],
    ) -> dict[str, Any]:
        """
        Update an item with all the information:

        - **name**: each item must have a name
        """
        return {"id": item_id, "item": item, "user": user.username, "importance": importance, "at": starts + after}

    @app.post("/items/", response_model=Item, status_code=status.HTTP_201_CREATED, tags=["items"])
    async def create(item: Annotated[Item, Body(embed=True)], background: BackgroundTasks) -> Any:
        background.add_task(diary.append, f"created {item.name}")
        return {**item.model_dump(), "secret": 1}

    @app.post("/users/", response_model=UserOut)
    async def create_user(user: UserIn) -> Any:
        return user

    @app.get("/vehicles/{kind}", response_model=Car | Plane, response_model_exclude_unset=True)
    async def vehicle(kind: str) -> Any:
        return Plane(engines=2) if kind == "plane" else Car()

    @app.post("/login/")
    async def login(username: Annotated[str, Form()], password: Annotated[str, Form(min_length=3)]) -> dict[str, str]:
        return {"username": username}

    @app.post("/upload/")
    async def upload(
        file: Annotated[bytes, File()],
        fileb: Annotated[UploadFile, File(description="A file")],
        token: Annotated[str, Form()],
    ) -> dict[str, Any]:
        content = await fileb.read()
        return {
            "file_size": len(file),
            "token": token,
            "type": fileb.content_type,
            "name": fileb.filename,
            "b": content.decode(),
        }

    @app.post("/uploads/")
    def uploads(files: list[UploadFile]) -> list[str | None]:
        return [one.filename for one in files]

    @app.post("/raw")
    async def raw(request: Request) -> dict[str, Any]:
        return {"length": len(b"".join([chunk async for chunk in request.stream()])), "client": bool(request.client)}


def _responses(app: FastAPI, folder: str) -> None:
    @app.get("/html", response_class=HTMLResponse)
    async def html() -> str:
        return "<h1>Look ma! HTML!</h1>"

    @app.get("/text", response_class=PlainTextResponse)
    def text() -> str:
        return "Hello World" * 100

    @app.get("/go", response_class=RedirectResponse, status_code=302)
    async def go() -> str:
        return "https://fastapi.test"

    @app.get("/file", response_class=FileResponse)
    async def file() -> str:
        return f"{folder}/note.txt"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def numbers() -> AsyncIterator[str]:
            for number in range(3):
                await asyncio.sleep(0)
                yield f"{number},"

        return StreamingResponse(numbers(), media_type="text/csv")

    @app.get("/stream-sync")
    def stream_sync() -> StreamingResponse:
        return StreamingResponse(iter([b"a", b"b"]), media_type="text/plain")

    @app.get("/events")
    async def events(request: Request) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            for number in range(2):
                yield f"id: {number}\ndata: {json.dumps({'n': number})}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})

    @app.get("/cookie")
    async def cookie(response: Response) -> dict[str, str]:
        response.set_cookie("fakesession", "fake-cookie-session-value")
        response.headers["X-Cat-Dog"] = "alone in the world"
        response.status_code = 202
        return {"message": "Come to the dark side"}

    @app.get("/empty", status_code=204)
    async def empty() -> None:
        return None

    @app.get("/broken", response_model=Item)
    async def broken() -> Any:
        return {"name": "no price"}

    @app.api_route("/any", methods=["GET", "POST", "DELETE"])
    async def anything(request: Request) -> str:
        return request.method

    @app.get("/state")
    async def state(request: Request) -> dict[str, Any]:
        return {"state": request.state.model, "url": str(request.url_for("state")), "path": request.url.path}


def _dependencies(app: FastAPI) -> None:
    @app.get("/db/{name}")
    async def with_db(
        name: str,
        db: Annotated[str, Depends(get_db)],
        number: Annotated[int, Depends(get_sync)],
        has: Annotated[bool, Depends(FixedContentQueryChecker("bar"))],
    ) -> dict[str, Any]:
        diary.append("endpoint")
        if name == "owner":
            raise OwnerError
        if name == "missing":
            raise HTTPException(404, "Item not found")
        return {"db": db, "number": number, "has": has}

    @app.get("/info")
    async def info(settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, Any]:
        return settings.model_dump()


def _security(app: FastAPI) -> None:
    @app.post("/token")
    async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
        if form.password != "secret":
            raise HTTPException(400, "Incorrect username or password")
        return {"access_token": "token-all" if "items" in form.scopes else "token-me", "token_type": "bearer"}

    @app.get("/users/me/")
    async def me(user: Annotated[str, Security(current_user, scopes=["me"])]) -> str:
        return user

    @app.get("/users/me/items/")
    async def my_items(user: Annotated[str, Security(current_user, scopes=["me", "items"])]) -> str:
        return user

    @app.get("/basic")
    def with_basic(credentials: Annotated[HTTPBasicCredentials, Depends(basic)]) -> str:
        return credentials.username

    @app.get("/keys")
    async def keys(key: Annotated[str, Depends(api_key)], token: Annotated[Any, Depends(bearer)]) -> dict[str, Any]:
        return {"key": key, "token": token.credentials if token else None}


def _routers(app: FastAPI, app_class: type[FastAPI]) -> None:
    async def verify(x_token: Annotated[str, Header()]) -> None:
        if x_token != "fake-super-secret-token":
            raise HTTPException(400, "X-Token header invalid")

    admin = APIRouter(
        prefix="/admin", tags=["admin"], dependencies=[Depends(verify)], responses={404: {"description": "No"}}
    )

    @admin.post("/update", callbacks=APIRouter().routes)
    async def update_admin() -> dict[str, str]:
        return {"message": "Admin getting schwifty"}

    timed = APIRouter(route_class=TimedRoute)

    @timed.get(
        "/timed", operation_id="timed_operation", deprecated=True, openapi_extra={"x-aperture-labs-portal": "blue"}
    )
    async def timed_route() -> str:
        return "timed"

    app.include_router(admin, prefix="/v1")
    app.include_router(timed)
    sub = FastAPI(title="Sub")

    @sub.get("/sub")
    async def read_sub(request: Request) -> dict[str, Any]:
        return {"message": "Hello World from sub API", "root": request.scope["root_path"]}

    @sub.get("/fail")
    async def fail_sub() -> None:
        raise HTTPException(409, "sub")

    app.mount("/subapi", sub)


def _sockets(app: FastAPI) -> None:
    async def cookie_or_token(
        websocket: WebSocket,
        session: Annotated[str | None, Cookie()] = None,
        token: Annotated[str | None, Query()] = None,
    ) -> str:
        if session is None and token is None:
            raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION)
        return session or token or ""

    @app.websocket("/items/{item_id}/ws")
    async def socket(
        websocket: WebSocket,
        item_id: int,
        who: Annotated[str, Depends(cookie_or_token)],
        db: Annotated[str, Depends(get_db)],
        q: int | None = None,
    ) -> None:
        await websocket.accept(subprotocol="chat" if "chat" in websocket.scope.get("subprotocols", []) else None)
        await websocket.send_json({"who": who, "id": item_id, "q": q, "state": websocket.state.model})
        try:
            while True:
                await websocket.send_text(f"got {await websocket.receive_text()} with {db}")
        except WebSocketDisconnect:
            diary.append("socket left")


def _openapi(app: FastAPI) -> None:
    def custom() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        schema = get_openapi(title="Custom title", version="2.5.0", routes=app.routes, tags=app.openapi_tags)
        schema["info"]["x-logo"] = {"url": "https://fastapi.test/logo.png"}
        app.openapi_schema = schema
        return schema

    app.openapi = custom  # type: ignore[method-assign]

    @app.webhooks.post("new-subscription")
    def new_subscription(body: UserOut) -> None:
        """When a new user subscribes."""
