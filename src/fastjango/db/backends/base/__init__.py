"""The parts that every database shares: connection, features, operations, introspection, creation, client."""
