// A folder with a server in it, as somebody has who just began.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SAMEROW_")));

export class Place {
  constructor(binary) {
    this.binary = binary;
    this.folder = mkdtempSync(join(tmpdir(), "samerow-walk-"));
    this.said = "";
    this.log = "";
    this.variables = {};
  }

  async serve(settings, variables = {}) {
    const ready = join(this.folder, "ready");
    this.server = spawn(this.binary, ["serve", "--listen", "127.0.0.1:0", "--ready-file", ready, ...settings],
      { cwd: this.folder, env: { ...clean, ...variables } });
    this.server.stdout.on("data", (text) => { this.said += text; });
    this.server.stderr.on("data", (text) => { this.log += text; });
    const ended = new Promise((resolve) => this.server.on("exit", resolve));
    this.ended = ended;
    const until = Date.now() + 60000;
    while (!existsSync(ready) || !readFileSync(ready, "utf8").endsWith("\n")) {
      assert.ok(Date.now() < until && this.server.exitCode === null, `the server does not start: ${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.base = JSON.parse(readFileSync(ready, "utf8")).url;
    this.variables.SAMEROW_SERVER = this.base;
  }

  // A command, as a line that a shell would split.
  run(line, { input = "", exit = 0 } = {}) {
    const [name, ...words] = line.trim().split(/\s+/);
    assert.equal(name, "samerow");
    const env = { ...clean, ...this.variables };
    const done = spawnSync(this.binary, words, { cwd: this.folder, env, input, encoding: "utf8", timeout: 60000 });
    assert.equal(done.status, exit, `${line}: ${done.stdout}${done.stderr}`);
    return done.stdout + done.stderr;
  }

  // What `export A=1 B=2` of a shell does.
  export(line) {
    for (const pair of line.trim().split(/\s+/).slice(1)) {
      const [name, ...value] = pair.split("=");
      this.variables[name] = value.join("=");
    }
  }

  async leave() {
    this.server?.kill("SIGTERM");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
