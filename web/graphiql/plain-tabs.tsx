import { Fragment, useEffect, useRef, type FC, type ReactNode } from 'react';

/**
 * Stands in for the one part of framer-motion that GraphiQL uses: the list of tabs that can be dragged. Its transforms put tabs on top of each
 * other until they are dragged, so that most could not be pressed, and its roles put buttons into a tab. This is a plain list of buttons.
 */
export const Reorder = {
  Group: ({ children, className, 'aria-label': label }: { children?: ReactNode; className?: string; 'aria-label'?: string }) => (
    <ul className={className} aria-label={label}>
      {children}
    </ul>
  ),
  Item: (({ children, className, 'aria-selected': isOpen }) => {
    const item = useRef<HTMLLIElement>(null);
    useEffect(() => {
      const button = item.current?.querySelector('.graphiql-tab-button');
      if (isOpen) button?.setAttribute('aria-current', 'true');
      else button?.removeAttribute('aria-current');
      if (isOpen) item.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }, [isOpen]);
    return (
      <li ref={item} className={className}>
        <Fragment>{children}</Fragment>
      </li>
    );
  }) satisfies FC<{ children?: ReactNode; className?: string; 'aria-selected'?: boolean }>,
};
