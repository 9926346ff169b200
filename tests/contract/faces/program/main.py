"""The program: nothing here is FastJango's own but the application class, the sessions and the user model."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import jwt
from fastapi import (
    APIRouter,
    BackgroundTasks,
    Depends,
    File,
    HTTPException,
    Query,
    Request,
    Response,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
    status,
)
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, selectinload
from starlette.middleware.base import BaseHTTPMiddleware

import fastjango
from fastjango import FastJango

fastjango.setup()

from tests.contract.faces.program.models import Category, Message, Product, Tag  # noqa: E402

from fastjango.contrib.auth.models import User  # noqa: E402 - models come after setup()
from fastjango.db.sqlalchemy import async_session, get_db  # noqa: E402

SECRET_KEY = "a secret of the program that is long enough"
ALGORITHM = "HS256"

# --- lifespan, middleware ------------------------------------------------------------------------


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Ask the database once at the start; leave a note at the end."""
    async with async_session() as db:
        app.state.categories_at_start = await db.scalar(select(func.count()).select_from(Category))
    yield {"answer": 42}
    await asyncio.to_thread(Path(os.environ["PROGRAM_NOTE"]).write_text, "stopped", encoding="utf-8")


class ProcessTime(BaseHTTPMiddleware):
    """The middleware of FastAPI's tutorial."""

    async def dispatch(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Say how long the answer took."""
        start = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = str(time.perf_counter() - start)
        return response


app = FastJango(title="Program", lifespan=lifespan)
app.add_middleware(ProcessTime)


class Refused(Exception):
    """An error of the program's own."""


@app.exception_handler(Refused)
async def refused(request: Request, exc: Refused) -> JSONResponse:
    """Answer with a teapot."""
    return JSONResponse({"message": str(exc)}, status_code=418)


# --- database session ----------------------------------------------------------------------------


async def get_session() -> AsyncIterator[AsyncSession]:
    """The dependency of SQLAlchemy's documentation."""
    async with async_session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
BlockingDep = Annotated[Session, Depends(get_db, scope="function")]

# --- schemas -------------------------------------------------------------------------------------


class CategoryRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str


class TagRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    word: str


class ProductBase(BaseModel):
    title: str = Field(max_length=100)
    price: Decimal = Field(gt=0, max_digits=8, decimal_places=2)


class ProductCreate(ProductBase):
    category: str
    tags: list[str] = []


class ProductUpdate(BaseModel):
    title: str | None = None
    price: Decimal | None = None


class ProductRead(ProductBase):
    model_config = ConfigDict(from_attributes=True)
    id: int
    is_active: bool
    created_at: datetime
    category: CategoryRead
    tags: list[TagRead]


class Token(BaseModel):
    access_token: str
    token_type: str


class UserCreate(BaseModel):
    username: str
    password: str


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    username: str


# --- users, JWT ----------------------------------------------------------------------------------

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)], session: SessionDep) -> User:
    """The dependency of FastAPI's tutorial."""
    credentials_exception = HTTPException(
        status_code=status.HTTP_401_UNAUTHORIZED,
        detail="Could not validate credentials",
        headers={"WWW-Authenticate": "Bearer"},
    )
    try:
        payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])
    except jwt.InvalidTokenError:
        raise credentials_exception from None
    user = await session.scalar(select(User).where(User.username == payload.get("sub")))
    if user is None:
        raise credentials_exception
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


@app.post("/users", response_model=UserRead, status_code=201)
async def register(data: UserCreate, session: SessionDep) -> User:
    """Make a user."""
    user = User(username=data.username, email=f"{data.username}@example.com")
    user.set_password(data.password)
    session.add(user)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, "This name is taken") from None
    return user


@app.post("/token")
async def login(form_data: Annotated[OAuth2PasswordRequestForm, Depends()], session: SessionDep) -> Token:
    """Give a token for a name and a password."""
    user = await session.scalar(select(User).where(User.username == form_data.username))
    if user is None or not user.check_password(form_data.password):
        raise HTTPException(401, "Incorrect username or password", headers={"WWW-Authenticate": "Bearer"})
    expire = datetime.now(UTC) + timedelta(minutes=15)
    return Token(
        access_token=jwt.encode({"sub": user.username, "exp": expire}, SECRET_KEY, algorithm=ALGORITHM),
        token_type="bearer",
    )


@app.get("/users/me", response_model=UserRead)
async def me(user: CurrentUser) -> User:
    """Give the user of the token."""
    return user


# --- products ------------------------------------------------------------------------------------

router = APIRouter(prefix="/products", tags=["products"])


async def find(session: AsyncSession, key: int) -> Product:
    """Return a product with all that its schema reads."""
    statement = (
        select(Product)
        .where(Product.id == key)
        .options(selectinload(Product.category), selectinload(Product.tags))
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise HTTPException(404, "Product not found")
    return found


@router.get("/", response_model=list[ProductRead])
async def read_products(
    session: SessionDep,
    offset: int = 0,
    limit: Annotated[int, Query(le=100)] = 100,
    max_price: Decimal | None = None,
    tag: str | None = None,
) -> Any:
    """List products."""
    statement = select(Product).options(selectinload(Product.category), selectinload(Product.tags))
    if max_price is not None:
        statement = statement.where(Product.is_active == True, Product.price <= max_price)  # noqa: E712
    if tag is not None:
        statement = statement.where(Product.tags.any(Tag.word == tag))
    rows = await session.scalars(statement.order_by(Product.created_at, Product.id).offset(offset).limit(limit))
    return rows.all()


@router.post("/", response_model=ProductRead, status_code=201)
async def create_product(data: ProductCreate, session: SessionDep, user: CurrentUser) -> Any:
    """Make a product, and its category and tags where they are new."""
    category = await session.scalar(select(Category).where(Category.name == data.category))
    known = {tag.word: tag for tag in await session.scalars(select(Tag).where(Tag.word.in_(data.tags)))}
    product = Product(
        title=data.title,
        price=data.price,
        category=category or Category(name=data.category),
        tags=[known.get(word) or Tag(word=word) for word in data.tags],
    )
    session.add(product)
    await session.commit()
    await manager.broadcast("shop", f"{user.username} added {product.title}")
    return product


@router.get("/{key}", response_model=ProductRead)
async def read_product(key: int, session: SessionDep) -> Any:
    """Give one product."""
    return await find(session, key)


@router.patch("/{key}", response_model=ProductRead, dependencies=[Depends(get_current_user)])
async def update_product(key: int, data: ProductUpdate, session: SessionDep) -> Any:
    """Change what was sent."""
    product = await find(session, key)
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(product, name, value)
    await session.commit()
    return product


@router.delete("/{key}", status_code=204)
async def delete_product(key: int, session: SessionDep, user: CurrentUser) -> None:
    """Delete a product."""
    await session.delete(await find(session, key))
    await session.commit()


@router.post("/raise/{percent}")
def raise_prices(percent: int, session: BlockingDep) -> dict[str, int]:
    """Change many at once, in a plain function; an error takes it back."""
    result = session.execute(update(Product).values(price=Product.price + percent))
    if percent > 100:
        raise Refused("too dear")
    return {"changed": result.rowcount}  # type: ignore[attr-defined]  # of an UPDATE


app.include_router(router)


@app.get("/stats")
async def stats(session: SessionDep) -> dict[str, int]:
    """Count by category: join, group, function."""
    statement = select(Category.name, func.count(Product.id)).outerjoin(Category.products).group_by(Category.name)
    rows = (await session.execute(statement)).all()
    return {name: count for name, count in rows}  # noqa: C416 - rows are no pairs to a type checker


# --- the rest of FastAPI -------------------------------------------------------------------------


class ConnectionManager:
    """The manager of FastAPI's page about WebSockets."""

    def __init__(self) -> None:
        self.active: list[tuple[str, WebSocket]] = []

    async def connect(self, room: str, websocket: WebSocket) -> None:
        """Accept a socket."""
        await websocket.accept()
        self.active.append((room, websocket))

    def disconnect(self, websocket: WebSocket) -> None:
        """Forget a socket."""
        self.active = [entry for entry in self.active if entry[1] is not websocket]

    async def broadcast(self, room: str, message: str) -> None:
        """Send to all sockets of a room."""
        for name, websocket in self.active:
            if name == room:
                await websocket.send_text(message)


manager = ConnectionManager()


@app.websocket("/ws/{room}")
async def chat(websocket: WebSocket, room: str, session: SessionDep) -> None:
    """Keep each message, and send it to everybody in the room."""
    await manager.connect(room, websocket)
    try:
        while True:
            text = await websocket.receive_text()
            session.add(Message(room=room, text=text))
            await session.commit()
            count = await session.scalar(select(func.count()).select_from(Message).where(Message.room == room))
            await manager.broadcast(room, f"{count}: {text}")
    except WebSocketDisconnect:
        manager.disconnect(websocket)


async def keep(text: str) -> None:
    """Write a row after the answer has gone."""
    async with async_session() as session, session.begin():
        session.add(Message(room="tasks", text=text))


@app.post("/notify/{text}", status_code=202)
async def notify(text: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    """Answer first, work later."""
    background_tasks.add_task(keep, text)
    return {"message": "sent in the background"}


@app.get("/messages/{room}")
async def messages(room: str) -> list[str]:
    """Give the messages of a room, through the model's Django face."""
    return [text async for text in Message.objects.filter(room=room).order_by("id").values_list("text", flat=True)]


@app.post("/upload")
async def upload(file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Take a file."""
    return {"name": file.filename, "size": len(await file.read())}


@app.get("/events")
async def events() -> StreamingResponse:
    """Send products as events, one at a time, from a session of its own."""

    async def stream() -> AsyncIterator[str]:
        async with async_session() as session:
            rows = await session.stream_scalars(select(Product.title).order_by(Product.id))
            async for title in rows:
                yield f"data: {title}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream")


@app.get("/health")
async def health(request: Request) -> dict[str, Any]:
    """Say what the lifespan has left."""
    return {"categories": request.app.state.categories_at_start, "answer": request.state.answer}
