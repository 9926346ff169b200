// The page after saving in a popup: hands the result to the window that opened it.
(() => {
  const data = JSON.parse(document.getElementById("django-admin-popup-response-constants").dataset.popupResponse);
  const opener = window.opener;
  if (opener && !opener.closed && opener.fastjangoAdmin) opener.fastjangoAdmin.popupDone(window, data);
  window.close();
})();
