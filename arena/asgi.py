"""The ASGI application that uvicorn serves: pages over HTTP, live answers and live rows over WebSockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")
http = get_asgi_application()  # loads the apps: what follows may import models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from arena.conf.base_path import below  # noqa: E402
from arena.conf.body_size import cut_off  # noqa: E402
from arena.conf.origins import for_own_pages  # noqa: E402
from arena.console.uploads import upload_bytes  # noqa: E402
from arena.people.sockets import for_readers  # noqa: E402
from arena.routing import urlpatterns  # noqa: E402

served = ProtocolTypeRouter(
    {
        "http": cut_off(http, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, more_for=upload_bytes),
        "websocket": for_own_pages(for_readers(URLRouter(urlpatterns))),
    }
)
application = below(settings.BASE_PATH, served)
