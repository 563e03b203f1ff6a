import { useRef } from 'preact/hooks';
import { Button } from '../ui/button.tsx';

interface CodeFormProps {
  readonly label: string;
  readonly action: string;
  readonly onCode: (code: string) => void;
}

/** A code typed by hand, or by a scanner that types into the field. */
export function CodeForm({ label, action, onCode }: CodeFormProps) {
  const field = useRef<HTMLInputElement>(null);
  const send = (event: Event) => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? '';
    if (field.current !== null) field.current.value = '';
    if (code !== '') onCode(code);
  };
  return (
    <form class="code-form" onSubmit={send}>
      <label>
        <span>{label}</span>
        <input
          ref={field}
          name="code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          enterkeyhint="search"
          maxLength={4_296}
        />
      </label>
      <Button type="submit">{action}</Button>
    </form>
  );
}
