-- ~/.config/nvim/plugin/netspec.lua, for Neovim 0.7 or newer; hints need 0.10.
-- It starts `netspec lsp` for YAML files; the server keeps quiet about those that are no specs.
local function attach(buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  local client = vim.lsp.start_client({
    name = "netspec",
    cmd = { "netspec", "lsp" },
    root_dir = vim.fn.fnamemodify(file, ":p:h"),
    init_options = { netspec = { hints = { "output", "params", "receptive_field" } } },
    on_attach = function(_, attached)
      if vim.lsp.inlay_hint then
        vim.lsp.inlay_hint.enable(true, { bufnr = attached })
      end
    end,
  })
  if client then
    vim.lsp.buf_attach_client(buffer, client)
    return client
  end
end

local running
vim.api.nvim_create_autocmd("FileType", {
  pattern = "yaml",
  callback = function(event)
    -- One server is enough for all files.
    if running and vim.lsp.get_client_by_id(running) then
      vim.lsp.buf_attach_client(event.buf, running)
    else
      running = attach(event.buf)
    end
  end,
})
