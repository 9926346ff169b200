// Forms of methods that HTML does not know, and bodies as text: sent by fetch, the answer replaces the page.
(function () {
  "use strict";
  var own = JSON.parse(document.getElementById("drf_csrf").textContent);
  function cookie(name) {
    var found = document.cookie.split("; ").find(function (part) { return part.indexOf(name + "=") === 0; });
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }
  document.documentElement.classList.add("has-script");
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset.method) { return; }
    event.preventDefault();
    var method = (event.submitter && event.submitter.dataset.method) || form.dataset.method;
    var headers = { "Accept": "text/html; q=1.0, */*" };
    headers[own.csrfHeaderName] = cookie(own.csrfCookieName) || own.csrfToken;
    var request = { method: method, headers: headers, credentials: "same-origin" };
    var raw = form.querySelector("[data-override=content]");
    if (raw) {
      headers["Content-Type"] = form.querySelector("[name=_content_type]").value;
      request.body = raw.value;
    } else if (method === "PUT" || method === "PATCH") {
      request.body = new FormData(form);
    }
    fetch(form.action, request).then(function (response) {
      var type = response.headers.get("Content-Type") || "";
      return response.text().then(function (text) {
        if (type.indexOf("text/html") === 0) {
          document.open(); document.write(text); document.close();
          history.replaceState(null, "", response.url);
        } else {
          location.assign(response.url);
        }
      });
    });
  });
})();
