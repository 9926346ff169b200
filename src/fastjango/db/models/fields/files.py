"""Files and images: the column holds a name, the storage holds the bytes.

``FileDescriptor`` makes the plain name on an instance a ``FieldFile`` at first access, so
that loading rows stays a plain attribute store.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import types

from fastjango.core import checks
from fastjango.core.exceptions import FieldError
from fastjango.core.files.base import File
from fastjango.core.files.images import ImageFile
from fastjango.core.files.storage import Storage, default_storage
from fastjango.core.files.utils import validate_file_name
from fastjango.db.models import signals
from fastjango.db.models.expressions import DatabaseDefault
from fastjango.db.models.fields.attribute import DeferredAttribute
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage


class FieldFile(File):
    """The file of one instance's field: open it, save it, delete it."""

    def __init__(self, instance: Any, field: Any, name: str | None) -> None:
        super().__init__(None, name)
        self.instance = instance
        self.field = field
        self.storage = field.storage
        self._committed = True

    def __eq__(self, other: object) -> bool:
        # Two references to the same name are equal, also a name and a file.
        return bool(self.name == getattr(other, "name", other))

    def __hash__(self) -> int:
        return hash(self.name)

    def _require_file(self) -> None:
        if not self:
            raise ValueError(f"The '{self.field.name}' attribute has no file associated with it.")

    def _get_file(self) -> Any:
        self._require_file()
        if getattr(self, "_file", None) is None:
            self._file = self.storage.open(self.name, "rb")
        return self._file

    def _set_file(self, file: Any) -> None:
        self._file = file

    def _del_file(self) -> None:
        del self._file

    file = property(_get_file, _set_file, _del_file)

    @property
    def path(self) -> str:
        """The file's path on disk, where the storage has one."""
        self._require_file()
        return str(self.storage.path(self.name))

    @property
    def url(self) -> str:
        """The address from which the file can be fetched."""
        self._require_file()
        return str(self.storage.url(self.name))

    @property
    def size(self) -> int:
        """The size in bytes."""
        self._require_file()
        if not self._committed:
            return int(self.file.size)
        return int(self.storage.size(self.name))

    def open(self, mode: str | None = "rb", *args: Any, **kwargs: Any) -> Any:
        """Open or rewind the file and return this object."""
        self._require_file()
        if getattr(self, "_file", None) is None:
            self.file = self.storage.open(self.name, mode or "rb")
        else:
            self.file.open(mode)
        return self

    open.alters_data = True  # type: ignore[attr-defined]

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Store *content* under a free name near *name*; then save the instance."""
        name = self.field.generate_filename(self.instance, name)
        self.name = self.storage.save(name, content, max_length=self.field.max_length)
        self._set_instance_attribute(self.name, content)
        self._committed = True
        if save:
            self.instance.save()

    def _set_instance_attribute(self, name: Any, content: Any) -> None:
        setattr(self.instance, self.field.attname, name)

    save.alters_data = True  # type: ignore[attr-defined]

    def delete(self, save: bool = True) -> None:
        """Remove the file from the storage; then save the instance."""
        if not self:
            return
        # An open handle would keep the file alive on some systems.
        if hasattr(self, "_file"):
            self.close()
            del self.file
        self.storage.delete(self.name)
        self.name = None
        setattr(self.instance, self.field.attname, self.name)
        self._committed = False
        if save:
            self.instance.save()

    delete.alters_data = True  # type: ignore[attr-defined]

    @property
    def closed(self) -> bool:
        """Whether no handle is open."""
        file = getattr(self, "_file", None)
        return file is None or file.closed

    def close(self) -> None:
        """Close the handle, if one is open."""
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()

    def __getstate__(self) -> dict[str, Any]:
        # The storage and the handle are found again through the field.
        return {
            "name": self.name,
            "closed": False,
            "_committed": True,
            "_file": None,
            "instance": self.instance,
            "field": self.field,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        state.pop("closed", None)
        self.__dict__.update(state)
        self.storage = self.field.storage


class FileDescriptor(DeferredAttribute[GT]):
    """Gives the ``FieldFile`` of an instance, whatever was assigned."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return super().__get__(None, cls)
        field = self.field
        file = super().__get__(instance, cls)
        if isinstance(file, str) or file is None:
            # A name, as it is loaded or assigned.
            attr = field.attr_class(instance, field, file)  # type: ignore[attr-defined]
            instance.__dict__[field.attname] = attr
        elif isinstance(file, DatabaseDefault):
            instance.__dict__[field.attname] = field.attr_class(  # type: ignore[attr-defined]
                instance, field, field.db_default
            )
        elif isinstance(file, File) and not isinstance(file, FieldFile):
            # A new upload: wrapped now, stored at save.
            copied = field.attr_class(instance, field, file.name)  # type: ignore[attr-defined]
            copied.file = file
            copied._committed = False
            instance.__dict__[field.attname] = copied
        elif isinstance(file, FieldFile) and not hasattr(file, "field"):
            file.instance = instance
            file.field = field
            file.storage = field.storage  # type: ignore[attr-defined]
        elif isinstance(file, FieldFile) and instance is not file.instance:
            # The instance is a copy: its file belongs to it.
            file.instance = instance
        return instance.__dict__[field.attname]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class FileField(Field[ST, GT]):
    """The name of a stored file."""

    attr_class: type[FieldFile] = FieldFile
    descriptor_class = FileDescriptor
    description = _("File")

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        upload_to: Any = "",
        storage: Any = None,
        **kwargs: Any,
    ) -> None:
        self._primary_key_set_explicitly = "primary_key" in kwargs
        self.storage: Any = storage or default_storage
        if callable(self.storage):
            # The function stays known, for deconstruct().
            self._storage_callable = self.storage
            self.storage = self.storage()
            if not isinstance(self.storage, Storage):
                raise TypeError(
                    f"{type(self).__qualname__}.storage must be a subclass/instance of {Storage.__module__}.{Storage.__qualname__}"
                )
        self.upload_to: Any = upload_to
        kwargs.setdefault("max_length", 100)
        super().__init__(verbose_name, name, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field, its key option and its folder."""
        return [
            *super().check(**kwargs),
            *self._check_primary_key(),
            *self._check_upload_to(),
        ]

    def _check_primary_key(self) -> list[CheckMessage]:
        if not self._primary_key_set_explicitly:
            return []
        message = f"'primary_key' is not a valid argument for a {type(self).__name__}."
        return [checks.Error(message, obj=self, id="fields.E201")]

    def _check_upload_to(self) -> list[CheckMessage]:
        if not isinstance(self.upload_to, str) or not self.upload_to.startswith("/"):
            return []
        return [
            checks.Error(
                f"{type(self).__name__}'s 'upload_to' argument must be a relative path, not an absolute path.",
                obj=self,
                id="fields.E202",
                hint="Remove the leading slash.",
            )
        ]

    def column_type(self) -> Any:
        """Return VARCHAR."""
        return types.String(self.max_length)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if keywords.get("max_length") == 100:
            del keywords["max_length"]
        keywords["upload_to"] = self.upload_to
        storage = getattr(self, "_storage_callable", self.storage)
        if storage is not default_storage:
            keywords["storage"] = storage
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "FileField"."""
        return "FileField"

    def get_prep_value(self, value: Any) -> Any:
        """Return the name as text."""
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return str(value)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Store a new upload before its name is saved."""
        file = super().pre_save(model_instance, add)
        if file.name is None and getattr(file, "_file", None) is not None:
            raise fieldfile_without_name(self)
        if file and not file._committed:
            file.save(file.name, file.file, save=False)
        return file

    def generate_filename(self, instance: Any, filename: str) -> str:
        """Return where *filename* is stored: ``upload_to`` decides, the storage cleans."""
        if callable(self.upload_to):
            filename = str(self.upload_to(instance, filename))
        else:
            folder = dt.datetime.now().strftime(str(self.upload_to))
            filename = posixpath.join(folder, filename)
        filename = validate_file_name(filename, allow_relative_path=True)
        return str(self.storage.generate_filename(filename))

    def save_form_data(self, instance: Any, data: Any) -> None:
        """Take an upload; False clears the file, None leaves it."""
        if data is not None:
            setattr(instance, self.name, data or "")

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return an upload input."""
        return super().formfield(
            form_class or "FileField",
            choices_form_class,
            **{"max_length": self.max_length, **kwargs},
        )


def fieldfile_without_name(field: Any) -> Exception:
    """Return the error for content that has no name."""
    error = FieldError(f"File for {field.name} must have the name attribute specified to be saved.")
    error.add_note("Pass a 'name' argument to ContentFile.")
    return error


class ImageFileDescriptor(FileDescriptor[GT]):
    """Like ``FileDescriptor``; a new image updates the width and height fields."""

    def __set__(self, instance: Any, value: Any) -> None:
        previous = instance.__dict__.get(self.field.attname)
        super().__set__(instance, value)
        # While the instance is being built there is no previous file: the sizes come from the row.
        if previous is not None:
            self.field.update_dimension_fields(instance, force=True)  # type: ignore[attr-defined]


class ImageFieldFile(ImageFile, FieldFile):
    """The image of one instance's field."""

    def _set_instance_attribute(self, name: Any, content: Any) -> None:
        # The sizes are read from what is at hand, not from the storage.
        setattr(self.instance, self.field.attname, content)
        self.instance.__dict__[self.field.attname] = name

    def delete(self, save: bool = True) -> None:
        """Remove the image; its sizes are forgotten."""
        if hasattr(self, "_dimensions_cache"):
            del self._dimensions_cache
        super().delete(save)


class ImageField(FileField[ST, GT]):
    """The name of a stored image, and optionally its size in two other fields."""

    attr_class = ImageFieldFile
    descriptor_class = ImageFileDescriptor
    description = _("Image")

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        width_field: str | None = None,
        height_field: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.width_field, self.height_field = width_field, height_field
        super().__init__(verbose_name, name, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; images need Pillow."""
        return [*super().check(**kwargs), *self._check_image_library_installed()]

    def _check_image_library_installed(self) -> list[CheckMessage]:
        try:
            from PIL import Image  # noqa: F401
        except ImportError:
            return [
                checks.Error(
                    "Cannot use ImageField because Pillow is not installed.",
                    hint=(
                        'Get Pillow at https://pypi.org/project/Pillow/ or run command "python -m pip install Pillow".'
                    ),
                    obj=self,
                    id="fields.E210",
                )
            ]
        return []

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.width_field:
            keywords["width_field"] = self.width_field
        if self.height_field:
            keywords["height_field"] = self.height_field
        return name, path, args, keywords

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the field; sizes are read whenever an instance is built."""
        super().contribute_to_class(cls, name, private_only=private_only)
        # Only where there is something to fill: a signal costs every instance.
        if not cls._meta.abstract and (self.width_field or self.height_field):
            signals.post_init.connect(self.update_dimension_fields, sender=cls)

    def update_dimension_fields(self, instance: Any, force: bool = False, *args: Any, **kwargs: Any) -> None:
        """Set the width and height fields from the image, where they are not set yet."""
        if not (self.width_field or self.height_field) or self.attname not in instance.__dict__:
            return
        file = getattr(instance, self.attname)
        if not file and not force:
            return
        filled = not (
            (self.width_field and not getattr(instance, self.width_field))
            or (self.height_field and not getattr(instance, self.height_field))
        )
        if filled and not force:
            return
        width, height = (file.width, file.height) if file else (None, None)
        if self.width_field:
            setattr(instance, self.width_field, width)
        if self.height_field:
            setattr(instance, self.height_field, height)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return an image upload input."""
        return super().formfield(form_class or "ImageField", choices_form_class, **kwargs)
