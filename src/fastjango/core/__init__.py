"""The street that shared services live in: exceptions, checks, files, mail, cache, serializers, handlers."""
