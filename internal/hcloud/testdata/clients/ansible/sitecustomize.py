"""Lends hcloud-python what the Ansible collection beside it in Debian 12 asks of
it: the library is older than the collection needs, and knows no architectures. The
collection itself is as its authors publish it. A newer library needs none of this.
"""

import inspect

try:
    from hcloud.images.client import ImagesClient
    from hcloud.images.domain import Image
    from hcloud.server_types.domain import ServerType
except ImportError:  # a Python without the library, which is none of the modules'
    pass
else:
    for kind in (Image, ServerType):
        if not hasattr(kind, "architecture"):
            kind.architecture = "x86"
    if "architecture" not in inspect.signature(ImagesClient.get_list).parameters:
        old = ImagesClient.get_list
        ImagesClient.get_list = lambda self, architecture=None, include_deprecated=None, **asked: old(self, **asked)
