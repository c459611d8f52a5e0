using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MuseCluster.Deploy.Tests;

public sealed class ImageTests
{
    public static TheoryData<string> Images => new("deploy/docker/Dockerfile.cpu", "deploy/docker/Dockerfile.cuda");

    [Theory]
    [MemberData(nameof(Images))]
    public void It_drains_on_stop_runs_without_root_and_is_asked_for_its_health(string image)
    {
        var text = Repository.Read(image);
        Assert.Contains("\nSTOPSIGNAL SIGTERM\n", text, StringComparison.Ordinal);
        Assert.Contains("\nUSER 10001:10001\n", text, StringComparison.Ordinal);
        Assert.Contains("\nHEALTHCHECK ", text, StringComparison.Ordinal);
        Assert.Contains("\nENTRYPOINT [\"muse\"]\nCMD [\"silo\"]\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void What_silos_are_told_are_settings_with_values_that_they_take(string image) => Repository.AssertSettings(
        Regex.Matches(Repository.Read(image), @"(MUSE_\w+)=(\S+)").Select(m => KeyValuePair.Create(m.Groups[1].Value, m.Groups[2].Value)));

    [Theory]
    [MemberData(nameof(Images))]
    public void What_it_takes_from_the_repository_is_there_and_not_ignored(string image)
    {
        var taken = Regex.Matches(Repository.Read(image), @"^COPY (?!--from)(\S+) ", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Where(p => p != ".").ToList();
        Assert.NotEmpty(taken);
        Assert.All(taken, path =>
        {
            Assert.True(Path.Exists(Repository.PathOf(path)), path);
            Assert.Contains(Kept, kept => path == kept || path.StartsWith(kept + "/", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Every_project_that_the_program_is_built_from_is_kept()
    {
        Assert.All(Kept, path => Assert.True(Path.Exists(Repository.PathOf(path)), path));
        var projects = new HashSet<string>();
        Add(Repository.PathOf("client/MuseCluster.Cli/MuseCluster.Cli.csproj"));
        Assert.All(projects, project => Assert.Contains(Path.GetRelativePath(Repository.Root, project).Split('/')[0], Kept));

        void Add(string project)
        {
            if (projects.Add(project))
                foreach (var reference in XDocument.Load(project).Descendants("ProjectReference"))
                    Add(Path.GetFullPath(reference.Attribute("Include")!.Value, Path.GetDirectoryName(project)!));
        }
    }

    private static List<string> Kept => [.. Repository.Read(".dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..])];
}
