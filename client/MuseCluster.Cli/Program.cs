return await MuseCluster.Cli.MuseApp.RunAsync(args);
