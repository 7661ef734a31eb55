"""The least Django view, behind our middleware, or none with HELLO_BARE=1: what pages are measured against."""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

from unclench.web.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.hello"
if os.environ.get("HELLO_BARE") == "1":
    MIDDLEWARE.clear()  # noqa: F405


def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, world", headers={"Content-Length": "12"})


urlpatterns = [path("", hello)]
