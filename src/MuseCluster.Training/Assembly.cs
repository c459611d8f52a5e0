using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MuseCluster.Training.Tests")]
