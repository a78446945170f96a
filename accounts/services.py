def grants_of(user):
    return []
