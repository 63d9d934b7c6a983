import '@mantine/core/styles.css';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app.js';
import { takeKeyFromLink } from './session/stored-key.js';

// zod compiles schemas with `new Function` where that is allowed, and trying it is already a breach of the page's policy.
config({ jitless: true });

// Before anything reads the location: a link that logs in has the key where a place would be.
takeKeyFromLink(window);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html: expected an element #root, found none');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
