// The table of divergences: unpacks its data, filters, sorts and pages it, and opens one of them.
// What is shown is told by the part of the address behind `#`, so every view can be sent as a link:
// `#?class=race&sort=-opened&page=2`, and `#dv_…` for one divergence, perhaps with a view behind it.
"use strict";
(() => {
  const pageSize = 50;
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const fields = ["q", "class", "type", "path", "extent", "phase", "currency", "least", "sort"];
  const dialog = byId("detail");
  let data, rows, places;
  let shown = { key: null, rows: [] };
  let view = {};

  // ---- Data

  /** A packed block, unpacked. */
  async function unpack(id) {
    const text = atob(byId(id).textContent);
    const bytes = new Uint8Array(text.length);
    for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  const blocks = new Map();
  /** The element of a divergence in its block of some kind; undefined where there is no such block. */
  async function fromBlock(kind, place) {
    const id = `${kind}-${Math.floor(place / data.block)}`;
    if (!byId(id)) return undefined;
    if (!blocks.has(id)) blocks.set(id, unpack(id));
    return (await blocks.get(id))[place % data.block];
  }

  /** A row by the names of its places, which PageEntry.writeRow wrote. */
  function named(row, place) {
    const [id, account, type, trigger, phase, lasting, classes, paths, opened, sums, subs, story] = row;
    const money = [];
    for (let at = 0; at < sums.length; at += 2) {
      money.push({ currency: data.currencies[sums[at]], minor: sums[at + 1] });
    }
    return {
      place, id, account, phase, opened, subs, story, money,
      type: data.types[type],
      trigger: data.triggers[trigger],
      extent: lasting ? "lasting" : "transient",
      classes: classes.map((at) => data.classes[at]),
      paths: paths.split(" "),
    };
  }

  const haystack = (row) => (row.text ??= [row.id, row.account, row.type, row.trigger, row.story]
    .concat(row.classes.map((cause) => `${cause.id} ${cause.name}`)).join("\n").toLowerCase());

  // ---- The address

  /** What the address asks for. */
  function read() {
    const [, id, query] = /^#(dv_[^?]*)?(?:\?(.*))?$/.exec(location.hash) ?? [];
    const given = new URLSearchParams(query ?? "");
    const asked = { open: id ? decode(id) : "", page: Math.max(1, parseInt(given.get("page"), 10) || 1) };
    for (const name of fields) asked[name] = given.get(name) ?? "";
    return asked;
  }

  function decode(text) {
    try { return decodeURIComponent(text); } catch { return text; }
  }

  /** The address of a view. */
  function address(asked) {
    const query = new URLSearchParams();
    for (const name of fields) if (asked[name]) query.set(name, asked[name]);
    if (asked.page > 1) query.set("page", asked.page);
    const text = query.toString();
    return `#${asked.open ? encodeURIComponent(asked.open) : ""}${text || !asked.open ? `?${text}` : ""}`;
  }

  /** Goes to a view, as a step that the browser can take back, or in place of the present one. */
  function go(change, replaces = false) {
    const target = address({ ...view, ...change });
    if (target === location.hash) return;
    history[replaces ? "replaceState" : "pushState"](null, "", target);
    show();
  }

  // ---- Filtering and sorting

  const amount = (row, currency) => {
    const sums = currency ? row.money.filter((sum) => sum.currency === currency) : row.money;
    return sums.reduce((most, sum) => Math.max(most, Math.abs(Number(sum.minor))), -1);
  };

  function passes(row, asked, words) {
    return (!asked.class || row.classes.some((cause) => cause.id === asked.class))
      && (!asked.type || row.type === asked.type)
      && (!asked.path || row.paths.includes(asked.path))
      && (!asked.extent || row.extent === asked.extent)
      && (!asked.phase || String(row.phase) === asked.phase)
      && (!asked.currency || amount(row, asked.currency) >= 0)
      && (!asked.least || amount(row, asked.currency) >= Number(asked.least))
      && words.every((word) => haystack(row).includes(word));
  }

  const text = (name) => (a, b) => (a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0);
  /** How two rows stand to each other; amounts of two currencies don't, so they stay apart. */
  const orders = {
    opened: text("opened"),
    account: text("account"),
    extent: text("extent"),
    phase: text("phase"),
    class: (a, b) => text("name")(a.classes[0] ?? { name: "" }, b.classes[0] ?? { name: "" }),
    amount: (a, b) => amount(a, view.currency) - amount(b, view.currency),
  };

  function sorted(list, sort) {
    const order = orders[sort.replace("-", "")];
    if (!order) return list;
    const sign = sort.startsWith("-") ? -1 : 1;
    return list.sort((a, b) => sign * order(a, b) || a.place - b.place);
  }

  function selected(asked) {
    const key = fields.map((name) => asked[name]).join("\n");
    if (shown.key !== key) {
      const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
      shown = { key, rows: sorted(rows.filter((row) => passes(row, asked, words)), asked.sort) };
    }
    return shown.rows;
  }

  // ---- Showing

  /** An element with properties and children; text goes in as text and as nothing else. */
  function make(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (name === "class") element.className = value;
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== null));
    return element;
  }

  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const mark = (cause) => make("span", { class: `mark ${cause.severity}`, "aria-hidden": "true" }, cause.mark);
  const money = (row) => row.money.map((sum) => make("span", null, `${grouped(sum.minor)} ${sum.currency}`));

  function line(row) {
    const cell = (name, ...children) => make("td", { class: name, role: "cell" }, ...children);
    const names = row.classes.map((cause) => cause.name).join(" + ");
    const link = make("a", { class: "cause", href: address({ ...view, open: row.id }) },
      ...row.classes.map(mark), names);
    const element = make("tr", { role: "row" },
      cell("", link, make("bdi", { class: "story" }, row.story)),
      cell("account", make("bdi", null, row.account), make("span", { class: "sub" }, row.type)),
      cell("opened", row.opened.slice(0, 16), make("span", { class: "sub" }, row.trigger)),
      cell("extent", row.extent),
      cell("n phase", String(row.phase)),
      cell("n money", ...money(row)));
    element.addEventListener("click", (event) => {
      if (event.target.closest("a") || getSelection().toString()) return;
      go({ open: row.id });
    });
    return element;
  }

  function showTable() {
    const list = selected(view);
    const pages = Math.max(1, Math.ceil(list.length / pageSize));
    view.page = Math.min(view.page, pages);
    const start = (view.page - 1) * pageSize;
    const part = list.slice(start, start + pageSize);
    byId("rows").replaceChildren(...part.map(line));
    const of = list.length === rows.length ? "" : ` of ${grouped(rows.length)}`;
    byId("count").textContent = list.length === 0
      ? `No divergence fits${of ? `, of ${grouped(rows.length)}` : ""}.`
      : `${grouped(start + 1)} to ${grouped(start + part.length)} of ${grouped(list.length)} divergences`
        + (of ? ` that fit,${of} in all.` : ".");
    byId("page").textContent = `Page ${grouped(view.page)} of ${grouped(pages)}`;
    byId("first").disabled = byId("previous").disabled = view.page === 1;
    byId("last").disabled = byId("next").disabled = view.page === pages;
    byId("last").dataset.page = pages;
    for (const head of document.querySelectorAll("[data-sort]")) {
      const isDown = view.sort === `-${head.dataset.sort}`;
      const isUp = view.sort === head.dataset.sort;
      head.setAttribute("aria-sort", isUp ? "ascending" : isDown ? "descending" : "none");
    }
    for (const name of fields) {
      const field = form.elements[name];
      if (field !== document.activeElement || field.tagName === "SELECT") field.value = view[name];
    }
  }

  /** Shows what the address asks for. */
  function show() {
    view = read();
    showTable();
    showDetail();
  }

  // ---- One divergence

  const fact = (name, ...value) => [make("dt", null, name), make("dd", null, ...value)];
  const heading = (words) => make("h3", null, words);

  function table(names, lines) {
    const head = make("tr", null, ...names.map((name) => make("th", { scope: "col" }, name)));
    const body = lines.map((cells) => make("tr", null,
      ...cells.map((cell, at) => make(at ? "td" : "th", at ? null : { scope: "row" }, make("bdi", null, cell)))));
    return make("table", null, make("thead", null, head), make("tbody", null, ...body));
  }

  function list(names, more) {
    const rest = more ? [make("li", null, `and ${grouped(more)} more, in report.json`)] : [];
    return make("ul", null, ...names.map((name) => make("li", null, make("code", null, name))), ...rest);
  }

  const second = (time) => time.replace("T", " ").replace(/(\.\d+)?Z$/, "");

  /** A swimlane that this program drew, as an element of the page. */
  function picture(drawing) {
    const whole = `<svg xmlns="http://www.w3.org/2000/svg">${drawing}</svg>`;
    const parsed = new DOMParser().parseFromString(whole, "image/svg+xml").documentElement.firstElementChild;
    const figure = make("figure", { class: "scroll lanes", tabindex: "0", role: "group", "aria-label": "Swimlane" });
    figure.append(document.importNode(parsed, true), byId("legend").firstElementChild.cloneNode(true));
    return figure;
  }

  function body(row, details, more) {
    const parts = [
      make("h2", { id: "detail-title" }, row.classes.map((cause) => cause.name).join(" + ")),
      ...row.classes.map((cause) => make("p", { class: "note" }, mark(cause), `${cause.word}: ${cause.meaning}`)),
      make("p", { class: "tell" }, make("bdi", null, row.story)),
    ];
    if (more?.drawing) parts.push(picture(more.drawing));
    parts.push(make("dl", { class: "facts" },
      ...fact("account", make("bdi", null, row.account), ` (${row.type})`),
      ...fact("opened by", make("bdi", null, row.trigger), `, in phase ${row.phase}`),
      ...(details ? when(row, details) : []),
      ...fact("paths that acted", row.paths.join(", ")),
      ...fact("at stake", row.money.map((sum) => `${grouped(sum.minor)} ${sum.currency}`).join(", ") || "no money",
        row.money.length ? " in minor units" : "", `, ${grouped(row.subs)} ${row.subs === 1 ? "subscription" : "subscriptions"}`),
      ...fact("id", make("code", null, row.id))));
    parts.push(...(details ? findings(details) : []), ...(more ? evidence(row, more) : []));
    if (!more) {
      parts.push(make("p", { class: "note" }, "To stay quick, this page leaves out ",
        details ? "the records and the drawing" : "the details", " of the least weighty divergences. ",
        "They stand in report.json; the drawing is made by"),
        make("pre", null, `dunning-parity explain ${row.id} --log LOG --svg story.svg`));
    }
    return make("div", { class: "body" }, ...parts);
  }

  const when = (row, details) => [
    ...fact("episode", `${row.opened} to ${second(details.closed)} UTC`),
    ...fact("differed", `from ${second(details.since)} ${details.until ? `to ${second(details.until)}` : "on"}: ${row.extent}`),
  ];

  /** What differs, what each did alone, and what made it vanish. */
  function findings(details) {
    const parts = [heading("What differs"), table(["", "legacy", "brain"], details.facets)];
    if (details.legacy.length) parts.push(heading("What legacy alone did to the customer"), list(details.legacy, details.legacy_more));
    if (details.brain.length) parts.push(heading("What the brain alone would have done"), list(details.brain, details.brain_more));
    if (details.breaches.length) parts.push(heading("Rules that the brain broke"), list(details.breaches));
    if (details.edits.length) {
      parts.push(heading(`The change of the past that ${details.effect} it`),
        table(["cause", "execution", "invoice", "at"], details.edits.map(([a, b, c, at]) => [a, b || "–", c || "–", second(at)])));
    }
    return parts;
  }

  /** The records that it rests on. */
  function evidence(row, more) {
    const parts = [];
    if (more.reproducer.length) {
      const names = more.reproducer.map((name) => (typeof name === "number" ? more.records[name] : name));
      parts.push(heading("Smallest set of records that shows it again"), list(names, more.reproducer_more),
        make("p", { class: "note" }, "Kept as a regression case by"),
        make("pre", null, `dunning-parity corpus add FOLDER ${row.id} --log LOG --name NAME --ticket TICKET --secret FILE`));
    }
    parts.push(make("details", null,
      make("summary", null, `All ${grouped(more.records.length + (more.records_more ?? 0))} records of the episode`),
      list(more.records, more.records_more)));
    return parts;
  }

  function bar(row) {
    const list = selected(view);
    const at = row ? list.indexOf(row) : -1;
    const step = (name, label, to) => {
      const button = make("button", { type: "button", "data-step": name, "aria-keyshortcuts": label }, name);
      button.disabled = at < 0 || !list[to];
      button.addEventListener("click", () => open(list[to]));
      return button;
    };
    const close = make("button", { type: "button", "data-step": "Close" }, "Close");
    close.addEventListener("click", () => dialog.close());
    const place = at < 0 ? "" : `${grouped(at + 1)} of ${grouped(list.length)}`;
    return make("div", { class: "bar" }, step("Previous", "ArrowLeft", at - 1), step("Next", "ArrowRight", at + 1),
      make("span", { class: "grow note" }, place), close);
  }

  /** Goes to another divergence, and to the page of the table that it stands on. */
  function open(row) {
    if (row) go({ open: row.id, page: Math.floor(selected(view).indexOf(row) / pageSize) + 1 });
  }

  async function showDetail() {
    const id = view.open;
    if (!id) {
      if (dialog.open) dialog.close();
      return;
    }
    const row = places.get(id);
    const parts = row
      ? body(row, await fromBlock("details", row.place), await fromBlock("more", row.place))
      : make("div", { class: "body" }, make("h2", { id: "detail-title" }, "Not in this report"),
        make("p", null, "No divergence here is called ", make("code", null, id), "."));
    // Whoever went on while this was unpacked sees what they went on to.
    if (view.open !== id) return;
    const held = dialog.contains(document.activeElement) && document.activeElement.dataset.step;
    dialog.replaceChildren(bar(row), parts);
    dialog.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
    const step = dialog.querySelector(`[data-step="${held || "Close"}"]:not(:disabled)`);
    (step ?? dialog.querySelector("[data-step=Close]")).focus();
  }

  dialog.addEventListener("close", () => {
    const id = view.open;
    if (id) go({ open: "" });
    const link = [...document.querySelectorAll("a.cause")].find((a) => decode(a.hash).startsWith(`#${id}`));
    link?.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: "Previous", ArrowRight: "Next" }[event.key];
    if (step && !event.target.closest(".scroll")) dialog.querySelector(`[data-step=${step}]`).click();
  });

  // ---- What people do

  function ask(replaces) {
    const asked = { page: 1 };
    for (const name of fields) asked[name] = form.elements[name].value;
    go(asked, replaces);
  }

  function listen() {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => ask(event.target.tagName === "INPUT"));
    form.addEventListener("reset", () => setTimeout(() => ask(false)));
    for (const head of document.querySelectorAll("[data-sort]")) {
      head.firstElementChild.addEventListener("click", () => {
        const name = head.dataset.sort;
        const next = { [name]: `-${name}`, [`-${name}`]: "" }[view.sort] ?? name;
        go({ sort: next, page: 1 });
      });
    }
    const turn = (id, page) => byId(id).addEventListener("click", () => {
      go({ page: page() });
      byId("count").scrollIntoView({ block: "nearest" });
    });
    turn("first", () => 1);
    turn("previous", () => view.page - 1);
    turn("next", () => view.page + 1);
    turn("last", () => Number(byId("last").dataset.page));
    byId("rows").addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const links = [...document.querySelectorAll("a.cause")];
      const link = links[links.indexOf(document.activeElement) + step];
      if (link) { event.preventDefault(); link.focus(); }
    });
    document.addEventListener("keydown", (event) => {
      const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key !== "/" || isTyping || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      form.elements.q.focus();
    });
    // A figure above the table leads to the divergences that it counts.
    document.addEventListener("click", (event) => {
      if (!event.target.closest("main a[href^='#?']")) return;
      byId("divergences").scrollIntoView();
      byId("divergences").focus({ preventScroll: true });
    });
    addEventListener("hashchange", () => { if (/^#(dv_|\?|$)/.test(location.hash)) show(); });
    addEventListener("popstate", () => { if (/^(#(dv_|\?)|$)/.test(location.hash)) show(); });
    addEventListener("beforeprint", () => {
      for (const part of document.querySelectorAll("main details")) part.open = true;
    });
  }

  async function start() {
    data = await unpack("table-data");
    rows = data.rows.map(named);
    data.rows = undefined;
    places = new Map(rows.map((row) => [row.id, row]));
    listen();
    byId("table-note").hidden = true;
    byId("table").hidden = false;
    show();
  }

  start().catch((problem) => {
    byId("table-note").textContent = `The table can’t be shown: ${problem.message}. `
      + "All divergences stand in report.json beside this page.";
  });
})();
