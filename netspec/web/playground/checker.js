// The worker, and the time that it may take: what takes longer is stopped and the worker begun anew.

export class Checker {
  /* `limit` gives the milliseconds that an answer may take; `told` hears what state the worker is in: {starting}, {ready}, {busy}, {stopped} or {failed}. */
  constructor(limit, told) {
    this.limit = limit;
    this.told = told;
    this.waiting = [];
    this.begin();
  }

  begin() {
    // A worker from a blob has the policy of this page; one from an address has none of its own.
    const source = `import ${JSON.stringify(new URL("worker.js", location.href).href)};`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.ready = false;
    this.worker = new Worker(url, { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => this.fail(event.message || "the worker could not start");
  }

  /* The answer to a question; one that is still waiting when a newer one with its name comes is
   * given up, and so is what is stopped: then there is none. */
  ask(name, ...args) {
    return new Promise((settle) => {
      this.waiting = this.waiting.filter((one) => one.name !== name || one.settle(null));
      this.waiting.push({ name, args, settle });
      this.next();
    });
  }

  next() {
    if (!this.ready || this.current || !this.waiting.length) return;
    this.current = this.waiting.shift();
    this.worker.postMessage({ ask: this.current.name, args: this.current.args });
    if (this.current.name !== "warm") this.timer = setTimeout(() => this.stop(), this.limit());
    this.told({ busy: this.current.name });
  }

  hear(message) {
    if (message.starting) return this.told(message);
    if (message.failed) return this.fail(message.failed);
    if (message.ready) {
      this.ready = true;
      // Behind what waits already; its imports are no answer, so that they may take their time.
      this.waiting.push({ name: "warm", args: [], settle() {} });
    } else this.settle(message.answer === undefined ? { refused: message.refused } : JSON.parse(message.answer));
    if (message.dead) return this.anew();
    if (this.ready && !this.current && !this.waiting.length) this.told({ ready: true });
    return this.next();
  }

  settle(answer) {
    clearTimeout(this.timer);
    const { settle } = this.current || {};
    this.current = null;
    if (settle) settle(answer);
  }

  stop() {
    const { name } = this.current;
    this.settle(null);
    this.told({ stopped: name });
    this.anew();
  }

  anew() {
    this.worker.terminate();
    this.begin();
  }

  fail(message) {
    this.worker.terminate();
    this.ready = false;
    this.settle(null);
    this.told({ failed: message });
  }
}
