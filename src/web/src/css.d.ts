import 'react';

declare module 'react' {
  interface CSSProperties {
    /** 0 to 1, see Preview.module.css. */
    '--level'?: string;
  }
}
