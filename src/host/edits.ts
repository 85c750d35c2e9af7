/** Where the lines of a source file are now: it may have been edited since the trace was linked to what its disk holds. */
import { type Disposable, languages, type TextDocument, type TextDocumentChangeEvent, workspace } from 'vscode';
import { SOURCE_FILES } from './lenses.js';
import { type LineEdit, lineAfter, lineEdit } from './lineShift.js';

export interface Edits extends Disposable {
  /** the line, from 1, at which a line of the linked text stands now; undefined when it was changed or deleted */
  lineNow(document: TextDocument, line: number): number | undefined;
  /** the traces are linked to what was saved last */
  linkedAnew(): void;
}

interface Edited {
  edits: LineEdit[];
  /** so many of them are saved, and will be linked */
  saved: number;
  isSaving: boolean;
}

export function createEdits(): Edits {
  const files = new Map<TextDocument, Edited>();
  const editedOf = (document: TextDocument): Edited => {
    const edited = files.get(document) ?? { edits: [], saved: 0, isSaving: false };
    files.set(document, edited);
    return edited;
  };

  const follow = ({ document, contentChanges }: TextDocumentChangeEvent): void => {
    if (languages.match(SOURCE_FILES, document) === 0) return;
    const edited = editedOf(document);
    edited.edits.push(...contentChanges.map(lineEdit));
    // An event without changes says that the document is dirty or no longer so; one with changes may come before it.
    // Clean without being saved is back at the text of the disk.
    if (contentChanges.length === 0 && !document.isDirty && !edited.isSaving) edited.edits.length = edited.saved;
  };

  const parts: Disposable[] = [
    workspace.onDidChangeTextDocument(follow),
    workspace.onWillSaveTextDocument(({ document }) => {
      editedOf(document).isSaving = true;
    }),
    workspace.onDidSaveTextDocument((document) => {
      const edited = editedOf(document);
      edited.saved = edited.edits.length;
      edited.isSaving = false;
    }),
    workspace.onDidCloseTextDocument((document) => files.delete(document)),
  ];
  return {
    lineNow: (document, line) => lineAfter(line, files.get(document)?.edits ?? []),
    linkedAnew() {
      for (const [document, edited] of files) {
        // A clean text is that of the disk, also where another program wrote it.
        edited.edits.splice(0, document.isDirty ? edited.saved : edited.edits.length);
        edited.saved = 0;
      }
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
