/** Where the lines of a source file are now: it may have been edited since the trace was linked to what its disk holds. */
import { type Disposable, languages, type TextDocument, type TextDocumentChangeEvent, TextDocumentChangeReason, workspace } from 'vscode';
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
  wasDirty: boolean;
  isSaving: boolean;
}

export function createEdits(): Edits {
  const files = new Map<string, Edited>();
  const keyOf = ({ uri }: TextDocument): string => uri.toString();
  const editedOf = (document: TextDocument): Edited => {
    const edited = files.get(keyOf(document)) ?? { edits: [], saved: 0, wasDirty: false, isSaving: false };
    files.set(keyOf(document), edited);
    return edited;
  };

  const follow = ({ document, contentChanges, reason }: TextDocumentChangeEvent): void => {
    if (languages.match(SOURCE_FILES, document) === 0) return;
    const edited = editedOf(document);
    edited.edits.push(...contentChanges.map(lineEdit));
    if (!document.isDirty) {
      const isUndone = reason === TextDocumentChangeReason.Undo || reason === TextDocumentChangeReason.Redo;
      // Back at the text of the disk without being saved: nothing was edited. A clean text that changes follows its file.
      if (!edited.isSaving && (edited.wasDirty || isUndone)) edited.edits.length = edited.saved;
      else edited.saved = edited.edits.length;
    }
    edited.wasDirty = document.isDirty;
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
    workspace.onDidCloseTextDocument((document) => files.delete(keyOf(document))),
  ];
  return {
    lineNow: (document, line) => lineAfter(line, files.get(keyOf(document))?.edits ?? []),
    linkedAnew() {
      for (const edited of files.values()) {
        edited.edits.splice(0, edited.saved);
        edited.saved = 0;
      }
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
