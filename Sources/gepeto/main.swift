import Commands

Gepeto.readDocumentIfAsked()
await Gepeto.main()
