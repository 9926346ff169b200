// What a page of the admin can do better with a script. Every page works without it.
// Safe to load twice, as a module or not, before or after the page is there.
(() => {
  "use strict";
  if (window.fastjangoAdmin) return;
  const admin = (window.fastjangoAdmin = {});
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const make = (tag, props = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };
  const fire = (element, name = "change") => element.dispatchEvent(new Event(name, { bubbles: true }));
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* none */ } },
  };
  const words = (key, fallback) => document.body.dataset[key] || fallback;

  /* ------------------------------------------------------------ theme, sidebar, messages */

  function theme() {
    const root = document.documentElement;
    const order = ["auto", "light", "dark"];
    for (const button of $$(".theme-toggle")) {
      const show = () => {
        const now = root.dataset.theme || "auto";
        button.dataset.theme = now;
        const label = button.dataset["label" + now[0].toUpperCase() + now.slice(1)];
        button.title = label;
        button.firstElementChild.textContent = label;
      };
      button.addEventListener("click", () => {
        const next = order[(order.indexOf(root.dataset.theme || "auto") + 1) % 3];
        if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
        store.set("theme", next === "auto" ? null : next);
        show();
      });
      show();
    }
  }

  function sidebar() {
    const button = $("#toggle-nav-sidebar"), nav = $("#nav-sidebar");
    if (!button || !nav) return;
    const narrow = matchMedia("(max-width: 900px)");
    const set = (open) => {
      document.body.classList.toggle("nav-closed", !open);
      button.setAttribute("aria-expanded", String(open));
    };
    set(!narrow.matches && store.get("fj.nav") !== "closed");
    button.addEventListener("click", () => {
      const open = document.body.classList.contains("nav-closed");
      set(open);
      if (!narrow.matches) store.set("fj.nav", open ? null : "closed");
      if (open && narrow.matches) $("#nav-filter")?.focus();
    });
    nav.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && narrow.matches) { set(false); button.focus(); }
    });
    $("#nav-filter")?.addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      for (const module of $$(".module", nav)) {
        let any = false;
        for (const row of $$("tbody tr", module)) {
          const hit = row.textContent.toLowerCase().includes(wanted);
          row.hidden = !hit;
          any ||= hit;
        }
        module.hidden = !any;
      }
    });
    $(".current-model", nav)?.scrollIntoView({ block: "nearest" });
  }

  function messages() {
    for (const item of $$("main > .messagelist li")) {
      const close = make("button", { type: "button", className: "dismiss" });
      close.setAttribute("aria-label", "Dismiss");
      close.addEventListener("click", () => item.remove());
      item.append(close);
    }
  }

  /* ------------------------------------------------------------ the list */

  function list() {
    const table = $("#result_list");
    const form = $("#changelist-form");
    if (table) {
      const labels = $$("thead th", table).map((th) => $(".text", th)?.textContent.trim() || "");
      for (const row of $$("tbody tr", table)) {
        Array.from(row.children).forEach((cell, index) => {
          if (labels[index]) cell.dataset.label = labels[index];
        });
      }
      table.classList.add("cards");
    }
    const filters = $("#changelist-filter");
    if (filters) {
      for (const details of $$("details[data-filter-title]", filters)) {
        const key = "fj.filter." + details.dataset.filterTitle;
        if (store.get(key) === "closed") details.open = false;
        details.addEventListener("toggle", () => store.set(key, details.open ? null : "closed"));
      }
      const narrow = matchMedia("(max-width: 900px)");
      const title = $("#changelist-filter-header", filters);
      const count = $$("details[data-filter-title]", filters)
        .filter((details) => !$("li", details)?.classList.contains("selected") && $("li.selected", details)).length;
      const button = make("button", { type: "button", className: "filter-toggle", textContent: title.textContent + (count ? ` (${count})` : "") });
      button.setAttribute("aria-controls", filters.id);
      const set = (open) => { filters.classList.toggle("folded", !open); button.setAttribute("aria-expanded", String(open)); };
      button.addEventListener("click", () => set(filters.classList.contains("folded")));
      const host = $("#toolbar") || $(".changelist-form-container");
      host.prepend(button);
      set(!narrow.matches);
    }
    if (!form) return;
    const boxes = $$("input.action-select", form);
    if (!boxes.length) return;
    const all = $("#action-toggle");
    let last = null;
    const across = (on) => $$("input.select-across", form).forEach((input) => { input.value = on ? 1 : 0; });
    const show = (element, on) => element && element.classList.toggle("hidden", !on);
    const update = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      const everywhere = $("input.select-across", form)?.value === "1";
      boxes.forEach((box) => box.closest("tr").classList.toggle("selected", box.checked));
      if (all) {
        all.checked = ticked === boxes.length;
        all.indeterminate = ticked > 0 && ticked < boxes.length;
      }
      for (const row of $$(".actions", form)) {
        const counter = $(".action-counter", row);
        if (counter) {
          counter.dataset.template ||= counter.textContent;
          counter.textContent = counter.dataset.template.replace(/^\D*?\d+|\d+/, (found) => found.replace(/\d+/, ticked));
        }
        show(counter, !everywhere);
        show($(".all", row), everywhere);
        show($(".question", row), !everywhere && ticked === boxes.length);
        show($(".clear", row), everywhere);
        row.classList.toggle("active", ticked > 0);
      }
    };
    all?.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
      if (!all.checked) across(false);
      update();
    });
    form.addEventListener("click", (event) => {
      const box = event.target.closest("input.action-select");
      if (box) {
        if (event.shiftKey && last && last !== box) {
          const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
          boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
        }
        last = box;
        across(false);
        update();
      }
      if (event.target.closest(".actions .question a")) { event.preventDefault(); across(true); update(); }
      if (event.target.closest(".actions .clear a")) {
        event.preventDefault();
        across(false);
        boxes.forEach((other) => { other.checked = false; });
        update();
      }
    });
    let edited = false;
    table?.addEventListener("input", (event) => { if (!event.target.matches(".action-select, #action-toggle")) edited = true; });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name === "index" && edited &&
          !confirm("You have unsaved changes on individual editable fields. If you run an action, your unsaved changes will be lost.")) event.preventDefault();
    });
    update();
  }

  /* ------------------------------------------------------------ dates and times */

  function parseFormat(format) {
    const parts = [];
    const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%([dmYyHMS])/g, (_all, part) => { parts.push(part); return "(\\d{1,4})"; });
    return { parts, pattern: new RegExp("^" + pattern + "$") };
  }
  const two = (number) => String(number).padStart(2, "0");
  function formatDate(date, format) {
    const values = { d: two(date.getDate()), m: two(date.getMonth() + 1), Y: date.getFullYear(), y: two(date.getFullYear() % 100), H: two(date.getHours()), M: two(date.getMinutes()), S: two(date.getSeconds()) };
    return format.replace(/%([dmYyHMS])/g, (_all, part) => values[part]);
  }
  const serverNow = () => {
    const now = new Date();
    const offset = Number(document.body.dataset.adminUtcOffset);
    return Number.isNaN(offset) ? now : new Date(now.getTime() + (offset + now.getTimezoneOffset() * 60) * 1000);
  };

  function dates(root) {
    const small = (text, label, act) => {
      const button = make("button", { type: "button", className: "shortcut", textContent: text });
      if (label) button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
      return button;
    };
    const nameOf = (input) => input.getAttribute("aria-label") || input.labels?.[0]?.textContent.replace(/:\s*$/, "") || "";
    for (const input of $$("input.vDateField", root)) {
      if (input.dataset.ready || input.closest(".empty-form")) continue;
      input.dataset.ready = "1";
      const format = words("dateFormat", "%Y-%m-%d");
      const native = make("input", { type: "date", tabIndex: -1, className: "native-date" });
      native.setAttribute("aria-hidden", "true");
      native.addEventListener("change", () => {
        if (!native.value) return;
        const [year, month, day] = native.value.split("-").map(Number);
        input.value = formatDate(new Date(year, month - 1, day), format);
        fire(input);
        input.focus();
      });
      const open = small("▾", words("textCalendar", "Choose a date") + ": " + nameOf(input), () => {
        const { parts, pattern } = parseFormat(format);
        const found = pattern.exec(input.value);
        if (found) {
          const at = Object.fromEntries(parts.map((part, index) => [part, found[index + 1]]));
          native.value = `${at.Y}-${two(at.m)}-${two(at.d)}`;
        }
        try { native.showPicker(); } catch { native.focus(); }
      });
      open.classList.add("calendar");
      const today = small(words("textToday", "Today"), "", () => { input.value = formatDate(serverNow(), format); fire(input); });
      input.after(make("span", { className: "shortcuts" }, open, native, today));
    }
    for (const input of $$("input.vTimeField", root)) {
      if (input.dataset.ready || input.closest(".empty-form")) continue;
      input.dataset.ready = "1";
      const now = small(words("textNow", "Now"), "", () => { input.value = formatDate(serverNow(), words("timeFormat", "%H:%M:%S")); fire(input); });
      input.after(make("span", { className: "shortcuts" }, now));
    }
  }

  /* ------------------------------------------------------------ two panes for a multiple select */

  function panes(root) {
    for (const select of $$("select.selectfilter, select.selectfilterstacked", root)) {
      if (select.dataset.ready || select.closest(".empty-form")) continue;
      select.dataset.ready = "1";
      const name = select.dataset.fieldName || select.name;
      const box = make("div", { className: "selector" + (select.dataset.isStacked === "1" ? " stacked" : "") });
      const pane = (chosen, title) => {
        const list = make("select", { multiple: true, size: 10, id: select.id + (chosen ? "_to" : "_from") });
        list.setAttribute("aria-label", title);
        const filter = make("input", { type: "search", placeholder: "Filter" });
        filter.setAttribute("aria-label", "Filter: " + title);
        const side = make("div", { className: chosen ? "selector-chosen" : "selector-available" },
          make("div", { className: "selector-title", textContent: title }), filter, list);
        const fill = () => {
          const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
          list.replaceChildren(...Array.from(select.options)
            .filter((option) => option.selected === chosen && wanted.every((word) => option.text.toLowerCase().includes(word)))
            .map((option) => { const twin = new Option(option.text, option.value); twin.title = option.text; return twin; }));
        };
        filter.addEventListener("input", fill);
        return { list, side, fill };
      };
      const from = pane(false, "Available " + name), to = pane(true, "Chosen " + name);
      const refill = () => { from.fill(); to.fill(); };
      const move = (list, on, everything) => {
        const values = new Set(Array.from(list.options).filter((option) => everything || option.selected).map((option) => option.value));
        for (const option of select.options) if (values.has(option.value)) option.selected = on;
        refill();
        fire(select);
      };
      const button = (text, title, act) => {
        const made = make("button", { type: "button", textContent: text, title });
        made.setAttribute("aria-label", title);
        made.addEventListener("click", act);
        return made;
      };
      const middle = make("div", { className: "selector-chooser" },
        button("→", `Choose selected ${name}`, () => move(from.list, true)),
        button("←", `Remove selected ${name}`, () => move(to.list, false)),
        button("⇥", `Choose all ${name}`, () => move(from.list, true, true)),
        button("⇤", `Remove all ${name}`, () => move(to.list, false, true)));
      for (const [part, on] of [[from, true], [to, false]]) {
        part.list.addEventListener("dblclick", () => move(part.list, on));
        part.list.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); move(part.list, on); } });
      }
      box.append(from.side, middle, to.side);
      select.before(box);
      select.classList.add("enhanced");
      select.tabIndex = -1;
      select.setAttribute("aria-hidden", "true");
      for (const label of select.labels || []) label.htmlFor = from.list.id;
      select.addEventListener("change", refill);
      select.form?.addEventListener("reset", () => setTimeout(refill));
      refill();
    }
  }

  /* ------------------------------------------------------------ autocompletion */

  class Combobox {
    constructor(select) {
      this.select = select;
      this.multiple = select.multiple;
      this.page = 1;
      const label = select.labels?.[0];
      const id = (select.id || select.name) + "_search";
      this.list = make("ul", { className: "combo-list", id: id + "_list", hidden: true, role: "listbox" });
      this.input = make("input", { type: "text", id, className: "combo-input", autocomplete: "off", role: "combobox" });
      for (const [key, value] of [["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]]) this.input.setAttribute(key, value);
      const title = label?.textContent.replace(/:\s*$/, "") || select.dataset.fieldName || select.name;
      this.input.setAttribute("aria-label", title);
      this.list.setAttribute("aria-label", title);
      this.chips = make("span", { className: "combo-chips" });
      this.box = make("span", { className: "combo" }, this.chips, this.input, this.list);
      select.before(this.box);
      select.classList.add("enhanced");
      select.tabIndex = -1;
      select.setAttribute("aria-hidden", "true");
      if (label) label.htmlFor = id;
      this.show();
      this.input.addEventListener("input", () => this.later());
      this.input.addEventListener("focus", () => { if (!this.multiple) this.input.select(); });
      this.input.addEventListener("click", () => { if (this.list.hidden) this.search(""); });
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => setTimeout(() => { this.close(); this.show(); }, 150));
      select.addEventListener("change", () => this.show());
      this.list.addEventListener("mousedown", (event) => {
        event.preventDefault();
        const item = event.target.closest("li[data-value]");
        if (item) this.choose(item); else if (event.target.closest("li.more")) this.search(this.term, this.page + 1);
      });
    }
    show() {
      const chosen = Array.from(this.select.selectedOptions).filter((option) => option.value !== "");
      if (!this.multiple) {
        if (document.activeElement !== this.input || this.list.hidden) this.input.value = chosen[0]?.text || "";
        return;
      }
      this.input.value = "";
      this.chips.replaceChildren(...chosen.map((option) => {
        const remove = make("button", { type: "button", textContent: "×" });
        remove.setAttribute("aria-label", "Remove " + option.text);
        remove.addEventListener("click", () => { option.selected = false; fire(this.select); });
        return make("span", { className: "chip" }, option.text, remove);
      }));
    }
    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(this.input.value), Number(this.select.dataset["ajax-Delay"]) || 200);
    }
    async search(term, page = 1) {
      const data = this.select.dataset;
      const url = new URL(this.select.getAttribute("data-ajax--url"), location.href);
      url.search = new URLSearchParams({ term, page, app_label: data.appLabel, model_name: data.modelName, field_name: data.fieldName });
      const ask = (this.ask = Symbol("ask"));
      let answer;
      try {
        const response = await fetch(url, { headers: { Accept: "application/json" } });
        answer = response.ok ? await response.json() : { results: [] };
      } catch { answer = { results: [] }; }
      if (ask !== this.ask) return;
      this.term = term;
      this.page = page;
      if (page === 1) this.list.replaceChildren(); else $("li.more", this.list)?.remove();
      if (page === 1 && !this.multiple && this.select.dataset.allowClear === "true") answer.results.unshift({ id: "", text: "—" });
      for (const found of answer.results) {
        const item = make("li", { role: "option", textContent: found.text, id: `${this.input.id}_${this.list.children.length}` });
        item.dataset.value = found.id;
        item.setAttribute("aria-selected", String(Array.from(this.select.selectedOptions).some((option) => option.value === String(found.id))));
        this.list.append(item);
      }
      if (answer.pagination?.more) this.list.append(make("li", { className: "more", textContent: "…" }));
      if (!this.list.children.length) this.list.append(make("li", { className: "none", textContent: "—" }));
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
    }
    close() {
      this.ask = null;
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
    choose(item) {
      const value = item.dataset.value;
      let option = Array.from(this.select.options).find((one) => one.value === value);
      if (!option) this.select.append(option = new Option(item.textContent, value));
      option.selected = this.multiple ? !option.selected : true;
      this.close();
      this.input.value = this.multiple || value === "" ? "" : option.text;
      fire(this.select);
    }
    key(event) {
      const items = $$("li[data-value], li.more", this.list);
      const at = items.findIndex((item) => item.classList.contains("active"));
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (this.list.hidden) { this.search(this.multiple ? this.input.value : ""); return; }
        const next = items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length];
        items[at]?.classList.remove("active");
        next?.classList.add("active");
        next?.scrollIntoView({ block: "nearest" });
        if (next?.id) this.input.setAttribute("aria-activedescendant", next.id);
      } else if (event.key === "Enter" && !this.list.hidden) {
        event.preventDefault();
        if (items[at]?.matches(".more")) this.search(this.term, this.page + 1); else if (items[at]) this.choose(items[at]);
      } else if (event.key === "Escape") {
        this.close();
        this.show();
      } else if (event.key === "Backspace" && this.multiple && !this.input.value) {
        const last = Array.from(this.select.selectedOptions).at(-1);
        if (last) { last.selected = false; fire(this.select); }
      }
    }
  }
  function completions(root) {
    for (const select of $$("select.admin-autocomplete", root)) {
      if (select.dataset.ready || select.closest(".empty-form")) continue;
      select.dataset.ready = "1";
      new Combobox(select);
    }
  }

  /* ------------------------------------------------------------ related objects in a window of their own */

  const popups = new Map();
  function openPopup(link, url, input) {
    const target = new URL(url, location.href);
    target.searchParams.set("_popup", "1");
    const opened = window.open(target, "fj_" + (input?.id || link.id).replace(/\W/g, "_"), "height=640,width=900,resizable=yes,scrollbars=yes");
    if (!opened) return;
    popups.set(opened, input);
    opened.focus();
  }
  function linkTargets(wrapper) {
    const select = $("select[name], input[name]", wrapper);
    if (!select) return;
    const value = select.multiple ? "" : select.value;
    for (const link of $$("a[data-href-template]", wrapper)) {
      if (value) link.href = link.dataset.hrefTemplate.replace("__fk__", encodeURIComponent(value)); else link.removeAttribute("href");
      link.setAttribute("aria-disabled", String(!value));
    }
  }
  function related(root) {
    $$(".related-widget-wrapper", root).forEach(linkTargets);
    for (const link of $$("a.related-lookup", root)) if (!link.getAttribute("aria-label")) link.setAttribute("aria-label", link.title);
  }
  admin.popupDone = (opened, data) => {
    const field = popups.get(opened);
    popups.delete(opened);
    if (!field) return;
    const value = String(data.value ?? "");
    if (field.tagName !== "SELECT") {
      if (data.action !== "delete" && data.action !== "change") {
        field.value = field.classList.contains("vManyToManyRawIdAdminField") && field.value ? `${field.value},${value}` : value;
      }
      fire(field);
      return;
    }
    const model = field.closest(".related-widget-wrapper")?.dataset.modelRef;
    const siblings = $$(`.related-widget-wrapper[data-model-ref="${CSS.escape(model || "")}"] select`).filter((other) => other !== field);
    for (const select of [field, ...siblings]) {
      const option = Array.from(select.options).find((one) => one.value === value);
      if (data.action === "delete") option?.remove();
      else if (data.action === "change") {
        if (option) { option.text = data.obj; option.value = String(data.new_value ?? value); }
      } else if (!option && (select === field || select.dataset.context)) {
        select.append(new Option(data.obj, value, false, select === field));
      }
      fire(select);
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.related-lookup, a.related-widget-wrapper-link");
    if (link) {
      if (!link.getAttribute("href")) { event.preventDefault(); return; }
      if (link.matches(".related-lookup")) {
        event.preventDefault();
        openPopup(link, link.href, document.getElementById(link.id.replace(/^lookup_/, "")) || link.parentElement.querySelector("input"));
      } else if (link.dataset.popup === "yes") {
        event.preventDefault();
        openPopup(link, link.href, $("select[name]", link.closest(".related-widget-wrapper")));
      }
      return;
    }
    const chosen = event.target.closest("a[data-popup-opener]");
    if (chosen && window.opener?.fastjangoAdmin) {
      event.preventDefault();
      window.opener.fastjangoAdmin.popupDone(window, { action: "choose", value: chosen.dataset.popupOpener, obj: chosen.textContent });
      window.close();
    }
    const cancel = event.target.closest("a.cancel-link");
    if (cancel && document.body.classList.contains("popup")) {
      event.preventDefault();
      window.opener ? window.close() : history.back();
    }
  });
  document.addEventListener("change", (event) => {
    const wrapper = event.target.closest?.(".related-widget-wrapper");
    if (wrapper) linkTargets(wrapper);
  });

  /* ------------------------------------------------------------ slugs */

  function slug(text, limit, unicode) {
    let value = text.normalize(unicode ? "NFKC" : "NFKD");
    if (!unicode) value = value.replace(/ß/g, "ss").replace(/[øØ]/g, "o").replace(/[łŁ]/g, "l").replace(/[æÆ]/g, "ae").replace(/[^\x00-\x7f]/g, "");
    value = value.toLowerCase().replace(unicode ? /[^\p{L}\p{N}_\s-]/gu : /[^a-z0-9_\s-]/g, "").trim().replace(/[-\s]+/g, "-");
    return value.slice(0, limit).replace(/^[-_]+|[-_]+$/g, "");
  }
  function prepopulate(field, sources, limit, unicode) {
    if (!field || field.dataset.prepopulated || !sources.length) return;
    field.dataset.prepopulated = "1";
    let free = field.value === "";
    field.addEventListener("input", () => { free = field.value === ""; });
    const follow = () => { if (free) field.value = slug(sources.map((one) => one.value).filter(Boolean).join(" "), limit, unicode); };
    for (const source of sources) source.addEventListener(source.tagName === "SELECT" ? "change" : "input", follow);
  }
  let prepopulated = [];
  function slugs(root) {
    const holder = $("#django-admin-prepopulated-fields-constants");
    if (holder && !prepopulated.length) prepopulated = JSON.parse(holder.dataset.prepopulatedFields);
    for (const one of prepopulated) {
      if (one.id.includes("__prefix__")) {
        const pattern = new RegExp("^" + one.id.slice(1).split("__prefix__").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(\\d+)") + "$");
        for (const field of $$("input[id]", root)) {
          const found = pattern.exec(field.id);
          if (found) prepopulate(field, one.dependency_ids.map((id) => document.getElementById(id.slice(1).replace("__prefix__", found[1]))).filter(Boolean), one.maxLength, one.allowUnicode);
        }
      } else prepopulate(document.getElementById(one.id.slice(1)), one.dependency_ids.map((id) => document.getElementById(id.slice(1))).filter(Boolean), one.maxLength, one.allowUnicode);
    }
  }

  /* ------------------------------------------------------------ inlines */

  function renumber(element, prefix, number) {
    const pattern = new RegExp(`\\b${prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}-(\\d+|__prefix__)\\b`, "g");
    for (const node of [element, ...$$("*", element)]) {
      for (const attribute of ["id", "name", "for", "aria-describedby", "aria-labelledby", "aria-controls"]) {
        const value = node.getAttribute(attribute);
        if (value) node.setAttribute(attribute, value.replace(pattern, `${prefix}-${number}`).replace(/^lookup_id_(.*)__prefix__/, `lookup_id_$1${number}`));
      }
    }
  }
  function inlines() {
    for (const group of $$(".js-inline-admin-formset")) {
      const { options } = JSON.parse(group.dataset.inlineFormset);
      const prefix = options.prefix;
      const empty = document.getElementById(`${prefix}-empty`);
      const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
      const maximum = document.getElementById(`id_${prefix}-MAX_NUM_FORMS`);
      const minimum = document.getElementById(`id_${prefix}-MIN_NUM_FORMS`);
      if (!empty || !total) continue;
      const tabular = group.dataset.inlineType === "tabular";
      if (tabular) {
        const table = $("table", group);
        const heads = $$("thead th:not(.hidden)", table).map((th) => th.textContent.trim());
        for (const row of $$("tr.form-row", table)) {
          Array.from(row.children).filter((cell) => !cell.classList.contains("hidden"))
            .forEach((cell, index) => { if (heads[index]) cell.dataset.label = heads[index]; });
        }
        table.classList.add("cards");
      }
      const rows = () => $$(tabular ? "tr.form-row:not(.empty-form)" : ".inline-related:not(.empty-form)", group).filter((row) => row.id.startsWith(prefix + "-"));
      const limit = () => !maximum || maximum.value === "" || Number(total.value) < Number(maximum.value);
      const add = make("button", { type: "button", className: "add-row", textContent: options.addText });
      const refresh = () => {
        add.hidden = !limit();
        const few = minimum && minimum.value !== "" && rows().length <= Number(minimum.value);
        $$(".inline-deletelink", group).forEach((button) => { button.hidden = Boolean(few); });
      };
      const removable = (row) => {
        if (row.classList.contains("has_original")) return;
        const button = make("button", { type: "button", className: "inline-deletelink", textContent: options.deleteText });
        button.addEventListener("click", () => {
          row.previousElementSibling?.matches(".row-form-errors") && row.previousElementSibling.remove();
          row.remove();
          const left = rows();
          total.value = left.length;
          left.forEach((other, index) => {
            renumber(other, prefix, index);
            const label = $(".inline_label", other);
            if (label && !other.classList.contains("has_original")) label.textContent = `#${index + 1}`;
          });
          refresh();
          add.hidden || add.focus();
          document.dispatchEvent(new CustomEvent("formset:removed", { detail: { formsetName: prefix } }));
        });
        const place = tabular ? $("td.delete", row) || row.lastElementChild : $(".inline-head", row) || row;
        place.append(button);
      };
      rows().forEach(removable);
      add.addEventListener("click", () => {
        const number = Number(total.value);
        const row = empty.cloneNode(true);
        row.classList.remove("empty-form", "last-related");
        row.id = `${prefix}-${number}`;
        renumber(row, prefix, number);
        const label = $(".inline_label", row);
        if (label) label.textContent = `#${number + 1}`;
        empty.before(row);
        total.value = number + 1;
        removable(row);
        enhance(row);
        refresh();
        $("input:not([type=hidden]), select:not(.enhanced), textarea", row)?.focus();
        row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: prefix } }));
      });
      const holder = tabular ? $(".results", group) : empty;
      holder.after(add);
      refresh();
    }
  }

  /* ------------------------------------------------------------ the form */

  function form() {
    for (const one of $$(".change-form form[method=post]")) {
      // An error is told where its field is.
      const first = $(".errors input:not([type=hidden]), .errors select, .errors textarea, .errorlist + * input", one);
      if (first) first.focus({ preventScroll: false });
      else if (document.activeElement === document.body && /\/add\/$/.test(location.pathname)) {
        $("fieldset input:not([type=hidden]):not([disabled]), fieldset select:not(.enhanced), fieldset textarea", one)?.focus({ preventScroll: true });
      }
      let dirty = false, sent = false;
      one.addEventListener("input", () => { dirty = true; });
      one.addEventListener("change", () => { dirty = true; });
      one.addEventListener("submit", (event) => {
        if (sent) { event.preventDefault(); return; }
        sent = true;
        setTimeout(() => { sent = false; }, 3000);
        dirty = false;
      });
      addEventListener("beforeunload", (event) => { if (dirty && !document.body.classList.contains("popup")) event.preventDefault(); });
    }
    const choice = $$("input[name=usable_password]");
    const passwords = () => {
      const off = choice.find((input) => input.checked)?.value === "false";
      for (const row of $$(".field-password1, .field-password2")) row.classList.toggle("hidden", off);
      $(".set-password")?.classList.toggle("hidden", off);
      $(".unset-password")?.classList.toggle("hidden", !off);
    };
    if (choice.length) { choice.forEach((input) => input.addEventListener("change", passwords)); passwords(); }
  }

  function enhance(root = document) {
    dates(root);
    panes(root);
    completions(root);
    related(root);
    slugs(root);
  }
  admin.enhance = enhance;

  function start() {
    document.documentElement.classList.add("js");
    theme();
    sidebar();
    messages();
    list();
    enhance();
    inlines();
    form();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
