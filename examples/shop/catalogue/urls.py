"""Addresses of the catalogue pages."""

from catalogue import views

from fastjango.urls import path

app_name = "catalogue"
urlpatterns = [
    path("", views.ProductListView.as_view(), name="list"),
    path("category/<slug:slug>/", views.CategoryView.as_view(), name="category"),
    path("product/<slug:slug>/", views.ProductDetailView.as_view(), name="detail"),
    path("product/<slug:slug>/review/", views.add_review, name="review"),
]
