"""Forms of the catalogue pages."""

from catalogue.models import Review

from fastjango import forms


class SearchForm(forms.Form):
    """What a customer looks for."""

    SORTS = [
        ("name", "Name"),
        ("price", "Price, low to high"),
        ("-price", "Price, high to low"),
        ("-created", "Newest"),
    ]

    q = forms.CharField(label="Search", required=False, max_length=100)
    sort = forms.ChoiceField(choices=SORTS, required=False)
    low = forms.DecimalField(label="From", required=False, min_value=0, max_digits=10, decimal_places=2)
    high = forms.DecimalField(label="To", required=False, min_value=0, max_digits=10, decimal_places=2)
    in_stock = forms.BooleanField(label="In stock", required=False)

    def clean(self) -> dict:
        """Refuse a lowest price above the highest."""
        data = super().clean() or self.cleaned_data
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("low", "The lowest price is above the highest.")
        return data


class ReviewForm(forms.ModelForm):
    """A customer's review."""

    class Meta:
        model = Review
        fields = ["rating", "text"]
        widgets = {
            "rating": forms.Select(choices=[(number, "★" * number) for number in range(5, 0, -1)]),
            "text": forms.Textarea(attrs={"rows": 3, "placeholder": "What did you like? What could be better?"}),
        }
