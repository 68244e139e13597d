using k8s;
using k8s.Models;
using WsCluster.Tests.Unit.Docs;
using YamlDotNet.RepresentationModel;

namespace WsCluster.Tests.Unit.Deploy;

/// <summary>The Kubernetes manifests of deploy/kubernetes, read as strictly as the API server reads them.</summary>
internal static class Manifests
{
    public static string Folder { get; } = Path.Combine(ConfigurationReferenceTests.RepositoryRoot(), "deploy", "kubernetes");

    /// <summary>The resource files that the kustomization files name.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        .. Directory.GetFiles(Folder, "kustomization.yaml", SearchOption.AllDirectories).Order()
            .SelectMany(kustomization => Resources(kustomization).Where(resource => !Directory.Exists(resource))),
    ];

    /// <summary>Every object of the files.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; } = [.. Files.SelectMany(file => Load(File.ReadAllText(file)))];

    /// <summary>The pods of silos, gateways and Redis, by the name of what makes them.</summary>
    public static IReadOnlyDictionary<string, V1PodTemplateSpec> Pods { get; } = Of<V1Deployment>().Select(d => (d.Metadata.Name, d.Spec.Template))
        .Concat(Of<V1StatefulSet>().Select(s => (s.Metadata.Name, s.Spec.Template)))
        .ToDictionary(pod => pod.Name, pod => pod.Template);

    public static IEnumerable<T> Of<T>() => All.OfType<T>();

    public static T Named<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Of<T>().Single(o => o.Metadata.Name == name);

    /// <summary>Reads objects; an unknown field, a value of the wrong type or an unknown kind is an exception.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Load(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var objects = KubernetesYaml.LoadAllFromString(yaml, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>().ToList();
        return objects.Count == stream.Documents.Count
            ? objects
            : throw new InvalidDataException($"{stream.Documents.Count - objects.Count} documents are of a kind that is not known.");
    }

    /// <summary>The paths that a kustomization file names as resources.</summary>
    public static IReadOnlyList<string> Resources(string kustomization)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(kustomization)));
        var resources = (YamlSequenceNode)stream.Documents[0].RootNode["resources"];
        return [.. resources.Select(resource => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(kustomization)!, (string)resource!)))];
    }
}
