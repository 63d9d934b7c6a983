#!/usr/bin/env node
// A file that is there before anything is compiled: npm links a command only when its target exists.
import '../dist/main.js';
