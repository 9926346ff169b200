"""
The other faces of a model; imported when they are first used (``face_slot.py``).

pydantic.py    a model as a Pydantic type: request bodies, response models, JSON schema
sqlalchemy.py  a model as an entity of SQLAlchemy's ORM: mapping, class attributes, instance states
session.py     sessions inside ``atomic()`` blocks
"""
