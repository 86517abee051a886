import { useEffect } from 'react';

const product = 'MediaServer';

/** The title of the tab; null is the product's name alone. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product;
  }, [title]);
}
