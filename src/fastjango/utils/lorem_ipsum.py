"""Filler text: pseudo-Latin words, sentences and paragraphs for pages under construction."""

from __future__ import annotations

import random

__all__ = ["COMMON_P", "COMMON_WORDS", "WORDS", "paragraph", "paragraphs", "sentence", "words"]

COMMON_P = (
    "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et "
    "dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip "
    "ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu "
    "fugiat nulla pariatur. Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt "
    "mollit anim id est laborum."
)
COMMON_WORDS = (
    "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipisicing", "elit", "sed", "do", "eiusmod",
    "tempor", "incididunt", "ut", "labore", "et", "dolore", "magna", "aliqua",
)  # fmt: skip
# Words of Cicero's "De finibus", from which the filler text is taken.
WORDS = tuple(
    "accusamus accusantium ad adipisci alias aliquam amet animi aperiam architecto asperiores aspernatur "
    "assumenda at atque aut autem beatae blanditiis commodi consectetur consequatur corporis corrupti culpa cum "
    "cumque cupiditate debitis delectus deleniti deserunt dicta dignissimos distinctio dolor dolore dolorem "
    "doloremque dolores doloribus dolorum ducimus ea eaque earum eius eligendi enim eos error esse est et eum "
    "eveniet ex excepturi exercitationem expedita explicabo facere facilis fuga fugiat fugit harum hic id illo "
    "illum impedit in incidunt inventore ipsa ipsam ipsum iste itaque iure iusto labore laboriosam laborum "
    "laudantium libero magnam magni maiores maxime minima minus modi molestiae molestias mollitia nam natus "
    "necessitatibus nemo neque nesciunt nihil nisi nobis non nostrum nulla numquam occaecati odio odit officia "
    "officiis omnis optio pariatur perferendis perspiciatis placeat porro possimus praesentium provident quae "
    "quaerat quam quas quasi qui quia quibusdam quidem quis quisquam quo quod quos ratione recusandae reiciendis "
    "rem repellat repellendus reprehenderit repudiandae rerum saepe sapiente sed sequi similique sint sit soluta "
    "sunt suscipit tempora tempore temporibus tenetur totam ullam unde ut vel velit veniam veritatis vero vitae "
    "voluptas voluptate voluptatem voluptates voluptatibus voluptatum".split()
)


def sentence() -> str:
    """Return a random sentence of one to five parts."""
    parts = [" ".join(random.sample(WORDS, random.randint(3, 12))) for _ in range(random.randint(1, 5))]  # noqa: S311
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}{random.choice('?.')}"  # noqa: S311


def paragraph() -> str:
    """Return a random paragraph of one to four sentences."""
    return " ".join(sentence() for _ in range(random.randint(1, 4)))  # noqa: S311


def paragraphs(count: int, common: bool = True) -> list[str]:
    """
    Return *count* paragraphs.

    Args:
        common: Begin with the well-known "Lorem ipsum" paragraph.
    """
    return [COMMON_P if common and number == 0 else paragraph() for number in range(count)]


def words(count: int, common: bool = True) -> str:
    """
    Return *count* words.

    Args:
        common: Begin with the well-known nineteen words.
    """
    chosen = list(COMMON_WORDS[:count]) if common else []
    while len(chosen) < count:
        chosen += random.sample(WORDS, min(count - len(chosen), len(WORDS)))
    return " ".join(chosen)
