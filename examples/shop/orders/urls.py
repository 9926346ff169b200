"""Addresses of cart, checkout and orders."""

from orders import views

from fastjango.urls import path

app_name = "orders"
urlpatterns = [
    path("cart/", views.show_cart, name="cart"),
    path("cart/add/<slug:slug>/", views.add_to_cart, name="add"),
    path("cart/change/<slug:slug>/", views.change_cart, name="change"),
    path("checkout/", views.CheckoutView.as_view(), name="checkout"),
    path("orders/", views.OrderListView.as_view(), name="list"),
    path("orders/<int:pk>/", views.OrderDetailView.as_view(), name="detail"),
    path("orders/<int:pk>/cancel/", views.cancel, name="cancel"),
]
