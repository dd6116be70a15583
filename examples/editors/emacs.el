;;; netspec.el --- netspec's language server by way of eglot  -*- lexical-binding: t -*-

;; For Emacs 29 or newer. M-x eglot in a spec starts the server; the hook does it in every YAML file.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((yaml-mode yaml-ts-mode)
                 . ("netspec" "lsp" :initializationOptions
                    (:netspec (:hints ["output" "params" "receptive_field"]))))))

(add-hook 'yaml-mode-hook #'eglot-ensure)
(add-hook 'yaml-ts-mode-hook #'eglot-ensure)
