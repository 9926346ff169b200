def metadata_of_project():
    raise NotImplementedError
