using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.References;

/// <summary>What the projects declare as references, and what their compiled assemblies actually reference.</summary>
internal static class ProjectReferences
{
    public static IEnumerable<string> SourceProjects =>
        Repository.Files.Where(f => Repository.IsIn(f, "src") && f.EndsWith(".csproj", StringComparison.Ordinal));

    public static XElement Project(string place) =>
        XElement.Parse(Repository.Read($"src/AudienceSync.{place}/AudienceSync.{place}.csproj"));

    public static List<string> Items(XElement project, string kind) =>
        [.. project.Descendants(kind).Select(i => i.Attribute("Include")?.Value.Replace('\\', '/') ?? "")];

    public static string AssemblyPath(string place) => Path.Combine(AppContext.BaseDirectory, $"AudienceSync.{place}.dll");

    public static List<string> AssemblyReferences(string place)
    {
        using var pe = new PEReader(File.OpenRead(AssemblyPath(place)));
        var reader = pe.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(h => reader.GetString(reader.GetAssemblyReference(h).Name))];
    }
}
