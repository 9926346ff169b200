"""The addresses of the shop: pages, admin, REST API (viewsets) and API v2 (a FastAPI router)."""

from catalogue.api import CategoryViewSet, ProductViewSet, ReviewViewSet, TagViewSet
from catalogue.routes import router as catalogue_router
from orders.api import OrderViewSet

from fastjango.conf import settings
from fastjango.conf.urls.static import static
from fastjango.contrib import admin
from fastjango.rest.authtoken.views import obtain_auth_token
from fastjango.rest.routers import DefaultRouter
from fastjango.urls import include, path

router = DefaultRouter()
router.register("products", ProductViewSet)
router.register("categories", CategoryViewSet)
router.register("tags", TagViewSet)
router.register("reviews", ReviewViewSet)
router.register("orders", OrderViewSet, basename="order")

admin.site.site_header = "Shop administration"
admin.site.site_title = "Shop"
admin.site.index_title = "The shop at a glance"

urlpatterns = [
    path("", include("catalogue.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("orders.urls")),
    path("admin/", admin.site.urls),
    path("api/v2/", include(catalogue_router)),
    path("api/", include(router.urls)),
    path("api/token/", obtain_auth_token, name="api-token"),
    path("api-auth/", include("fastjango.rest.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
