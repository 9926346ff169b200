"""Forms of cart and checkout."""

from orders.cart import MAX_QUANTITY

from fastjango import forms


class QuantityForm(forms.Form):
    """How many pieces."""

    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, initial=1)


class CheckoutForm(forms.Form):
    """Where the order goes."""

    address = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 4}), help_text="Street, city, country"
    )
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    accept = forms.BooleanField(label="I have read the terms", error_messages={"required": "Please accept the terms."})
