/* What JupyterLab needs beyond its own to be this course: eight small things.
 *
 * - cells say whether they are a check (locked) or an answer, and their points;
 * - pictures carry the alternative text that the notebook holds;
 * - Chinese words say that they are, for voices and for the choice of glyphs;
 * - a slider whose kernel is gone shows the still picture that its output holds;
 * - a notebook is saved whenever it rests for a second, so that checks and submit see
 *   what you see (a student's; an instructor saves when it is time);
 * - a cell that hands in runs once its notebook is saved as it is on the screen;
 * - the start page is read again whenever its tab comes to the front;
 * - its links change the language, and on a hub fetch a chapter, hand it in and open
 *   its feedback; its times are those of the reader's own time zone.
 *
 * Written by hand as a module federation container: there is nothing to compile.
 */
"use strict";
(() => {
  const START = "start.md";
  const SLIDER = "application/vnd.jupyter.widget-view+json";
  const page = document.getElementById("jupyter-config-data");
  const saves = JSON.parse(page ? page.textContent : "{}").autogradeSaves === "true";
  let shared = {};
  let sentences = {}; // by their English, in the student's language

  /** A package of JupyterLab itself, whatever its version. */
  async function lab(name) {
    const versions = Object.values(shared[name] || {});
    if (!versions.length) throw new Error(`JupyterLab shares no ${name}`);
    return (await versions[0].get())();
  }

  /** A sentence in the student's language, with its fields put in. */
  function say(text, fields = {}) {
    return (sentences[text] || text).replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  }

  /** Ask for the sentences; without an answer everything is said in English. */
  async function learn() {
    const { ServerConnection } = await lab("@jupyterlab/services");
    const settings = ServerConnection.makeSettings();
    const address = `${settings.baseUrl}autograde/sentences`;
    const answer = await ServerConnection.makeRequest(address, {}, settings);
    if (answer.ok) sentences = await answer.json();
  }

  const STYLE = `
    .jp-Cell.ag-marked { position: relative; }
    .jp-Cell.ag-marked::before {
      content: attr(data-ag-label); display: block; margin-left: 74px;
      font-size: var(--jp-ui-font-size1); line-height: 1.7;
      color: var(--jp-ui-font-color1); }
    .jp-CodeCell.ag-answer.jp-mod-dirty::before {
      content: attr(data-ag-label) " · " attr(data-ag-changed); }
    .jp-Cell.ag-check { background: var(--jp-layout-color2); border-radius: 4px; }
    .jp-Cell.ag-check .jp-InputArea-editor { border-style: dashed; cursor: default; }
    .jp-Cell.ag-answer .jp-InputArea-editor,
    .jp-Cell.ag-answer .jp-MarkdownOutput {
      border-left: 4px solid var(--jp-brand-color1); }
    @media (max-width: 760px) { .jp-Cell.ag-marked::before { margin-left: 8px; } }
    .jp-RenderedHTMLCommon .autograde tbody tr:nth-child(n) { background: none; }
    .jp-MarkdownViewer table { margin-left: 0; }
    .jp-RenderedMarkdown progress {
      appearance: none; width: 7em; height: .7em; vertical-align: baseline;
      border: 1px solid var(--jp-border-color0); border-radius: 3px; overflow: hidden;
      background: var(--jp-layout-color1); }
    .jp-RenderedMarkdown progress::-webkit-progress-bar { background: none; }
    .jp-RenderedMarkdown progress::-webkit-progress-value { background: #1a8240; }
    .jp-RenderedMarkdown progress::-moz-progress-bar { background: #1a8240; }
  `;

  function label(info) {
    const points = info.points === 1
      ? say("1 point") : say("{points} points", { points: info.points });
    if (info.grade && !info.solution)
      return say("Check · locked") + (info.points ? ` · ${points}` : "");
    if (info.grade)
      return `${say("Your answer")} · ${points} · ${say("graded by a person")}`;
    return say("Your answer");
  }

  /** Say what a cell is: to the eye, and to a screen reader, in the cell and its text. */
  function mark(cell) {
    const info = cell.model.getMetadata("nbgrader");
    const ours = Boolean(info && (info.grade || info.solution));
    const check = ours && info.grade && !info.solution;
    cell.toggleClass("ag-marked", ours);
    cell.toggleClass("ag-check", Boolean(check));
    cell.toggleClass("ag-answer", ours && !check);
    cell.node.setAttribute("role", "article"); // JupyterLab calls the whole a feed
    if (ours) cell.node.dataset.agLabel = label(info);
    if (ours) cell.node.dataset.agChanged = say("changed since you ran it");
    const kind = cell.model.type === "code" ? say("Code") : say("Text");
    const name = ours ? label(info) : kind;
    if (ours) cell.node.setAttribute("aria-label", name);
    const text = cell.node.querySelector(".cm-content");
    if (text && text.ariaLabel !== name) text.ariaLabel = name; // its editor watches
  }

  const HAN = "\\u3400-\\u9fff\\uf900-\\ufaff";
  const BETWEEN = `${HAN}\\u3000-\\u303f\\uff00-\\uffef`;
  const RUN = new RegExp(`[${HAN}](?:[${BETWEEN}\\s·—…“”]*[${BETWEEN}])?`, "g");
  const SILENT = "[lang|=zh], script, style, textarea, mjx-container";
  const count = (text, letters) => (text.match(letters) || []).length;

  /** Mark the Chinese words of a text, or all of it where it is mostly Chinese. */
  function speak(text) {
    const han = count(text.textContent, new RegExp(`[${HAN}]`, "g"));
    const mostly = 2 * han > count(text.textContent, /[A-Za-z]/g);
    if (mostly && han) text.lang = "zh";
    else if (text.lang) text.removeAttribute("lang");
    if (!han || mostly) return;
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (data.search(RUN) >= 0 && !parentElement.closest(SILENT))
        found.push(walker.currentNode);
    }
    for (const node of found) {
      const pieces = [];
      let end = 0;
      for (const run of node.data.matchAll(RUN)) {
        const span = document.createElement("span");
        span.lang = "zh";
        span.textContent = run[0];
        pieces.push(node.data.slice(end, run.index), span);
        end = run.index + run[0].length;
      }
      node.replaceWith(...pieces, node.data.slice(end));
    }
  }

  const speakAll = node =>
    node.querySelectorAll(".jp-RenderedHTMLCommon").forEach(speak);

  /** Let one save end before the next begins: two at once look like a conflict.
   *
   * JupyterLab calls a notebook saved when a save ends. What was written meanwhile is
   * not in it, nor is anything where the save failed.
   */
  function oneAtATime(context) {
    const save = context.save.bind(context);
    let running = null;
    let next = null; // has not begun, and so will hold what is written by then
    let written = false; // since the running one began
    context.model.contentChanged.connect(() => { written = true; });
    const once = async () => {
      await context.ready;
      if (context.isDisposed) return;
      written = false;
      try {
        await save();
      } catch (error) {
        written = true;
        throw error;
      } finally {
        if (written && !context.isDisposed) context.model.dirty = true;
      }
    };
    const begin = () => {
      next = null;
      running = once().finally(() => { running = null; });
      return running;
    };
    context.save = () => {
      if (next) return next;
      if (!running) return begin();
      if (!written) return running;
      next = running.catch(() => {}).then(begin);
      return next;
    };
  }

  /** A cell that hands in runs after the save of its notebook, and no cell before it.
   *
   * A save that fails has said why; then nothing is handed in.
   */
  async function saveBeforeSubmit(tracker) {
    const { CodeCell } = await lab("@jupyterlab/cells");
    const execute = CodeCell.execute;
    let saving = null;
    CodeCell.execute = async (cell, ...rest) => {
      const submits = /\bsubmit\b/.test(cell.model.sharedModel.getSource());
      const panel = submits && tracker.find(p => p.content.widgets.includes(cell));
      if (panel && panel.context.model.dirty) {
        const mine = panel.context.save();
        const over = (saving = mine.catch(() => {}).then(() => {
          if (saving === over) saving = null;
        }));
        await mine.catch(() => {
          throw new Error("Canceled: the notebook is not saved");
        });
      } else if (saving) await saving;
      return cell.isDisposed ? undefined : execute(cell, ...rest);
    };
  }

  /** Show the still picture of a slider where JupyterLab finds no slider any more. */
  function stand(notebook, node) {
    const cell = notebook.widgets.find(c => c.node.contains(node));
    const outputs = cell && cell.outputArea ? cell.outputArea.model : { length: 0 };
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs.get(i).toJSON();
      if (!output.data || !(SLIDER in output.data && "image/png" in output.data)) continue;
      const { [SLIDER]: gone, ...still } = output.data;
      outputs.set(i, { ...output, data: still });
    }
  }

  /** A slider's handle is called what stands before it; ipywidgets gives it no name. */
  function named(handle) {
    const box = handle.closest(".widget-slider, .widget-inline-hbox");
    const label = box && box.querySelector(".widget-label");
    if (label && label.textContent) handle.setAttribute("aria-label", label.textContent);
  }

  /** Mark the cells of a notebook, and save it when its content rests for a second. */
  function watch(panel) {
    const { content: notebook, context } = panel;
    let waiting = 0;
    oneAtATime(context);
    const save = () => {
      if (!context.isDisposed && context.isReady && context.model.dirty)
        context.save().catch(() => {}); // it has said why
    };
    const changed = () => {
      notebook.widgets.forEach(mark);
      clearTimeout(waiting);
      if (saves) waiting = setTimeout(save, 1000);
    };
    context.ready.then(changed);
    let looking = 0;
    const look = () => {
      looking = 0;
      for (const node of notebook.node.querySelectorAll(".jupyter-widgets"))
        if (node.textContent.startsWith("Error displaying widget")) stand(notebook, node);
      speakAll(notebook.node);
      notebook.node.querySelectorAll(".noUi-handle:not([aria-label])").forEach(named);
    };
    new MutationObserver(mutations => {
      looking = looking || setTimeout(look, 300);
      for (const { addedNodes: [added] } of mutations)
        if (added && added.querySelector && added.querySelector(".cm-content"))
          notebook.widgets.filter(c => c.node.contains(added)).forEach(mark);
    }).observe(notebook.node, { childList: true, subtree: true });
    notebook.modelContentChanged.connect(changed);
  }

  const ACTION = /#course-(fetch|submit|feedback|language)-(\w+)$/;
  const doing = action => ({
    fetch: say("Fetching …"),
    submit: say("Running the checks and handing in …"),
    feedback: say("Opening …"),
    language: say("Changing the language …"),
  })[action];

  /** Ask the server of the course; its answer says what was done. */
  async function act(action, chapter) {
    const { ServerConnection } = await lab("@jupyterlab/services");
    const settings = ServerConnection.makeSettings();
    const address = `${settings.baseUrl}autograde/${action}`;
    const body = JSON.stringify({ chapter });
    const answer = await ServerConnection.makeRequest(
      address, { method: "POST", body }, settings);
    if (!answer.ok)
      return { done: false, said: say("The server says {code}.", { code: answer.status }) };
    return answer.json();
  }

  const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) \(UTC([+-]\d\d:\d\d)?\)$/;

  /** Times are shown where the reader is, with the zone; the tip has the course's. */
  function localTimes(node) {
    for (const time of node.querySelectorAll("time")) {
      const found = TIME.exec(time.textContent);
      const when = found && new Date(`${found[1]}T${found[2]}${found[3] || "Z"}`);
      if (!when || isNaN(when)) continue;
      time.title = time.textContent;
      time.dateTime = when.toISOString();
      time.textContent = when.toLocaleString(undefined, {
        weekday: "short", day: "numeric", month: "short", year: "numeric",
        hour: "numeric", minute: "2-digit", timeZoneName: "short" });
    }
  }

  /** Let the start page's links act, once each, and say what came of it. */
  function startPage(app, widget, context, manager) {
    if (widget.node.dataset.agActs) return;
    widget.node.dataset.agActs = "yes";
    const read = () => {
      localTimes(widget.node);
      speakAll(widget.node);
    };
    new MutationObserver(read).observe(widget.node, { childList: true, subtree: true });
    read();
    const refresh = () => {
      if (context.isReady && !context.model.dirty) context.revert();
    };
    widget.node.addEventListener("click", async event => {
      const link = event.target.closest("a[href*='#course-']");
      const found = link && ACTION.exec(link.getAttribute("href"));
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      if (link.getAttribute("aria-busy")) return;
      const { Notification, showDialog, Dialog } = await lab("@jupyterlab/apputils");
      if (found[1] === "language" && !(await mayClose(showDialog, Dialog))) return;
      const open = found[1] === "fetch" && widgetOf(found[2]);
      if (open) open.node.inert = true; // what was written now would be read over
      link.setAttribute("aria-busy", "true");
      link.textContent = doing(found[1]);
      let result;
      try {
        if (found[1] !== "feedback") await saveAll(found[2]);
        result = await act(found[1], found[2]);
        if (found[1] === "fetch" && result.done) await readAgain(found[2]);
      } catch (error) {
        result = { done: false, said: String(error) };
      } finally {
        if (open) open.node.inert = false;
      }
      if (result.done && found[1] === "language") {
        const { PageConfig } = await lab("@jupyterlab/coreutils");
        location.assign(`${PageConfig.getBaseUrl()}lab/tree/${START}`);
        return;
      }
      refresh();
      if (result.done && result.open) manager.openOrReveal(result.open);
      else if (result.done && found[1] === "fetch") {
        Notification.success(result.said);
        manager.openOrReveal(`${found[2]}/${found[2]}.ipynb`);
      } else {
        const body = document.createElement("pre");
        body.textContent = result.said;
        const { Widget } = await lab("@lumino/widgets");
        const title = result.done ? say("Handed in") : say("That did not work");
        await showDialog({
          title, body: new Widget({ node: body }), buttons: [Dialog.okButton()] });
      }
    }, true);

    /** Chapters follow the language on disk: what is open is saved and closed first. */
    async function mayClose(showDialog, Dialog) {
      const { button } = await showDialog({
        title: say("Change the language?"),
        body: say("Open notebooks are saved and closed, and what you wrote stays as it is."),
        buttons: [Dialog.cancelButton(), Dialog.okButton()],
      });
      if (!button.accept) return false;
      for (const other of [...app.shell.widgets("main")]) {
        const its = other === widget ? undefined : manager.contextForWidget(other);
        if (!its) continue;
        let tries = 5; // a kernel that writes on and on is asked about
        do {
          if (its.isReady) await its.save(); // and so what was being saved already
        } while (its.model.dirty && --tries);
        other.close();
      }
      await app.serviceManager.sessions.shutdownAll();
      return true;
    }

    function widgetOf(chapter) {
      return manager.findWidget(`${chapter}/${chapter}.ipynb`);
    }

    function contextOf(chapter) {
      const open = widgetOf(chapter);
      return open && manager.contextForWidget(open);
    }

    /** What is open of the chapter is handed in as it is on the screen. */
    async function saveAll(chapter) {
      const its = contextOf(chapter);
      if (its && its.model.dirty) await its.save();
    }

    /** An open notebook follows the update of its file, before it is saved over it. */
    async function readAgain(chapter) {
      const its = contextOf(chapter);
      if (its) await its.revert();
    }
  }

  async function plugins() {
    if (saves) await learn().catch(() => {});
    const { INotebookTracker } = await lab("@jupyterlab/notebook");
    const { IRenderMimeRegistry, RenderedImage } = await lab("@jupyterlab/rendermime");
    const { IDocumentManager } = await lab("@jupyterlab/docmanager");
    const { ILabShell } = await lab("@jupyterlab/application");

    class NamedImage extends RenderedImage {
      async render(model) {
        await super.render(model);
        const metadata = model.metadata[this.mimeType] || {};
        const image = this.node.querySelector("img");
        if (image && metadata.alt) image.alt = metadata.alt;
      }
    }

    const cells = {
      id: "autograde-lab:cells",
      description: "Marks check cells and answers; saves what is written.",
      autoStart: true,
      requires: [INotebookTracker],
      activate: (app, tracker) => {
        const style = document.createElement("style");
        style.textContent = STYLE;
        document.head.append(style);
        tracker.forEach(watch);
        tracker.widgetAdded.connect((_, panel) => watch(panel));
        return saves ? saveBeforeSubmit(tracker) : undefined;
      },
    };
    const pictures = {
      id: "autograde-lab:pictures",
      description: "Gives pictures their alternative text.",
      autoStart: true,
      requires: [IRenderMimeRegistry],
      activate: (app, registry) => {
        registry.addFactory({
          safe: true,
          mimeTypes: ["image/png"],
          defaultRank: 90,
          createRenderer: options => new NamedImage(options),
        });
      },
    };
    const start = {
      id: "autograde-lab:start",
      description: "Keeps the start page fresh.",
      autoStart: true,
      requires: [ILabShell, IDocumentManager],
      activate: (app, shell, manager) => {
        app.restored.then(() => shell.collapseRight());
        shell.currentChanged.connect((_, { newValue }) => {
          const context = newValue && manager.contextForWidget(newValue);
          if (!context || context.path !== START) return;
          const read = () => {
            if (!context.isDisposed && !context.model.dirty) context.revert();
          };
          if (context.isReady) read();
          context.ready.then(() => {
            startPage(app, newValue, context, manager);
            act("assignments", "").then(read, () => {}); // what is new in the exchange
          });
        });
      },
    };
    return [cells, pictures, start];
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["autograde-lab"] = {
    init: scope => { shared = scope; },
    get: async () => {
      const list = await plugins();
      return () => ({ __esModule: true, default: list });
    },
  };
})();
