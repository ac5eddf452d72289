import Commands

await Gepeto.main()
